// Works every shard of a run, with whatever executor Nextflow is set up for:
//
//   nextflow run deploy/nextflow/fleet.nf --run s3://audit/runs/ID --key /secure/writer.pem
//
// `touchmark fleet plan` printed the run. Afterwards: touchmark fleet seal s3://audit/runs/ID
nextflow.enable.dsl = 2

params.run = null
params.key = null

// How many shards there are.
process shards {
    output:
    stdout

    shell:
    '''
    touchmark fleet status '!{params.run}' --format json | tr -d ' \\n' | sed 's/.*"shards":\\([0-9]*\\).*/\\1/'
    '''
}

// One shard. 2: no attempt will succeed. 4: committed, with more unreadable models than --max-unreadable; Nextflow tells
// of it and goes on. Anything else is tried again: 75 (nothing was committed), or the machine went away.
process work {
    tag "shard ${shard}"
    cpus 2
    maxRetries 5
    errorStrategy { task.exitStatus == 2 ? 'terminate' : task.exitStatus == 4 ? 'ignore' : 'retry' }

    input:
    val shard

    shell:
    '''
    touchmark fleet work --plan '!{params.run}' --shard '!{shard}' --private-key '!{params.key}' --scratch .
    '''
}

workflow {
    if (!params.run || !params.key) {
        error 'name --run and --key'
    }
    shards | flatMap { 0..<(it.trim() as int) } | work
}
