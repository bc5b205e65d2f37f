"""Adapters that are loaded while serving: a resolver that finds only what Touchmark admits.

It covers names that vLLM resolves. Adapters given by path (`--lora-modules`, `/v1/load_lora_adapter`) go around
resolvers: leave VLLM_ALLOW_RUNTIME_LORA_UPDATING unset.
"""

import asyncio
import logging
import os

from .gate import Admitted, Refused, Settings, plain

logger = logging.getLogger(__name__)


def resolver(folder: str):
    """A resolver for the adapters in a folder, one folder each, by their names."""
    from vllm.lora.request import LoRARequest
    from vllm.lora.resolver import LoRAResolver

    settings = Settings.from_environment()
    root = os.path.realpath(folder)
    if not os.path.isdir(root):
        raise Refused(f"TOUCHMARK_LORA_DIR is no folder: {plain(folder)}")

    class TouchmarkResolver(LoRAResolver):
        """Adapters behind a gate."""

        async def resolve_lora(self, base_model_name: str, lora_name: str):
            if not lora_name or "\0" in lora_name or os.path.isabs(lora_name):
                return None
            place = os.path.realpath(os.path.join(root, lora_name))
            if not place.startswith(root + os.sep) or not os.path.isdir(place):
                return None
            try:
                await asyncio.to_thread(Admitted, place, settings)
            except Refused as refusal:
                # vLLM asks the next resolver, or says that there is no such adapter; the reason stands here.
                logger.error("adapter %s is not loaded: %s", plain(lora_name), refusal)
                return None
            # vLLM gives it a number of its own.
            return LoRARequest(lora_name=lora_name, lora_int_id=1, lora_path=place)

    return TouchmarkResolver()
