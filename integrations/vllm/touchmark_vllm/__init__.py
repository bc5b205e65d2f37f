"""A vLLM plugin: the load format `touchmark` loads only what Touchmark admits.

vLLM logs a plugin that it cannot import and goes on. That is why this one adds a format of its own instead of changing
`auto`: without it `--load-format touchmark` is unknown to vLLM, and nothing is loaded.
"""

import copy
import os

from .gate import Admitted, Refused, Settings

__all__ = ["FORMAT", "Refused", "register"]

#: The load format.
FORMAT = "touchmark"
#: Formats that read the folder that was verified, and nothing else.
INNER = ("auto", "hf", "safetensors", "pt", "mistral", "npcache")


def register() -> None:
    """The entry point; vLLM calls it in each of its processes."""
    from vllm.model_executor.model_loader import register_model_loader

    register_model_loader(FORMAT)(_loader())
    adapters = os.environ.get("TOUCHMARK_LORA_DIR")
    if adapters:
        from vllm.lora.resolver import LoRAResolverRegistry

        from .lora import resolver

        LoRAResolverRegistry.register_resolver("touchmark", resolver(adapters))


def _loader() -> type:
    from vllm.model_executor.model_loader.base_loader import BaseModelLoader
    from vllm.model_executor.model_loader.default_loader import DefaultModelLoader

    class TouchmarkLoader(BaseModelLoader):
        """vLLM's own loader behind a gate."""

        def __init__(self, load_config):
            super().__init__(load_config)
            inner = os.environ.get("TOUCHMARK_VLLM_FORMAT", "auto")
            if inner not in INNER:
                raise Refused(f"TOUCHMARK_VLLM_FORMAT is one of {', '.join(INNER)}")
            config = copy.copy(load_config)
            config.load_format = inner
            self._settings = Settings.from_environment()
            self._inner = DefaultModelLoader(config)

        def download_model(self, model_config) -> None:
            # What is not here was not verified: nothing is downloaded.
            Admitted(model_config.model, self._settings)

        def load_weights(self, model, model_config) -> None:
            # The configuration names the weights, where it says otherwise than the model's folder.
            source = getattr(model_config, "model_weights", None) or model_config.model
            if os.path.realpath(source) != os.path.realpath(model_config.model):
                raise Refused("weights outside the model's folder are not covered by its decision")
            admitted = Admitted(source, self._settings)
            self._inner.load_weights(model, model_config)
            # What was read meanwhile is what was verified only if nothing changed since.
            admitted.unchanged()

    return TouchmarkLoader
