"""As much of vLLM's interfaces as the plugin uses, with the names and signatures of vLLM 0.33.0."""

import sys
import types
from dataclasses import dataclass


def install() -> types.SimpleNamespace:
    """Puts the stubs where vLLM would be; what was loaded and registered is found in the answer."""
    for name in [name for name in sys.modules if name == "vllm" or name.startswith("vllm.")]:
        del sys.modules[name]

    def module(name: str) -> types.ModuleType:
        made = types.ModuleType(name)
        sys.modules[name] = made
        return made

    seen = types.SimpleNamespace(loaded=[], formats={}, resolvers={}, during=None)

    class BaseModelLoader:
        def __init__(self, load_config):
            self.load_config = load_config

        def load_model(self, vllm_config, model_config, prefix=""):
            self.load_weights(object(), model_config)
            return "model"

    class DefaultModelLoader(BaseModelLoader):
        def load_weights(self, model, model_config):
            if seen.during:
                seen.during()
            seen.loaded.append((model_config.model, self.load_config.load_format))

    def register_model_loader(load_format):
        def wrapper(loader):
            if not issubclass(loader, BaseModelLoader):
                raise ValueError("not a loader")
            seen.formats[load_format] = loader
            return loader

        return wrapper

    class Registry:
        def register_resolver(self, name, resolver):
            seen.resolvers[name] = resolver

    class LoRAResolver:
        pass

    @dataclass
    class LoRARequest:
        lora_name: str
        lora_int_id: int
        lora_path: str

    for name in ("vllm", "vllm.model_executor", "vllm.lora"):
        module(name)
    module("vllm.model_executor.model_loader").register_model_loader = register_model_loader
    module("vllm.model_executor.model_loader.base_loader").BaseModelLoader = BaseModelLoader
    module("vllm.model_executor.model_loader.default_loader").DefaultModelLoader = DefaultModelLoader
    module("vllm.lora.request").LoRARequest = LoRARequest
    resolver = module("vllm.lora.resolver")
    resolver.LoRAResolver, resolver.LoRAResolverRegistry = LoRAResolver, Registry()
    return seen
