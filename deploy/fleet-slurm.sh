#!/bin/sh
# One shard a task, as a Slurm array:
#
#   sbatch --array=0-199%50 --export=ALL,RUN=s3://audit/runs/ID,KEY=/secure/writer.pem deploy/fleet-slurm.sh
#
# `touchmark fleet plan` says how many shards there are; %50 is how many run at once. Submitted again, the array does what is
# left: a shard that is committed ends at once. Slurm sends SIGTERM before it ends a task; the worker ends within five
# seconds and has then done nothing.
#SBATCH --job-name=touchmark-fleet
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --open-mode=append
set -u

: "${RUN:?set RUN to the place that touchmark fleet plan printed}"
: "${KEY:?set KEY to the private key that signs shards}"

# SLURM_ARRAY_TASK_ID is the number of the shard.
"${TOUCHMARK:-touchmark}" fleet work --plan "$RUN" --private-key "$KEY" --scratch "${TMPDIR:-/tmp}"
status=$?

# 75: another attempt may succeed. Slurm counts the attempts; five are enough.
if [ "$status" -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 5 ] && command -v scontrol >/dev/null; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID:-}_${SLURM_ARRAY_TASK_ID:-}" && exit 0
fi
exit "$status"
