#!/usr/bin/env python3
"""Small models of random weights, and what the stock classes of Hugging Face transformers compute from them.

    make_test_resources.py draw DIR...      from DIR/config.json: draws every weight, writes DIR/model.safetensors
    make_test_resources.py expect DIR...    from both files: writes DIR/expected.safetensors, all in float64
    make_test_resources.py memory DIR...    writes DIR-memory, the same model under the names that it has in memory

`architectures` in config.json names the stock class. Weights come from seed 7, inputs from seed 8. Stock classes compute
normalisations, softmax and routers in float32 even in a float64 model; `expect` evaluates them once as they are and once
with float32 replaced by float64, and keeps the second, which may differ from the first by no more than 5e-6 of the largest.
"""
import json
import pathlib
import shutil
import sys

import torch
import transformers
from safetensors.torch import save_file

ROUNDING = 5e-6
TOKENS = 13


def stock(directory, dtype):
    """The stock class of a directory with fresh weights, on the plain path of attention and experts."""
    config = transformers.AutoConfig.from_pretrained(directory)
    config.dtype = None
    for part in [config] + [sub for sub in (getattr(config, name, None) for name in config.sub_configs) if sub is not None]:
        part._attn_implementation = "eager"
        part._experts_implementation = "eager"
    torch.set_default_dtype(dtype)
    model = getattr(transformers, config.architectures[0])(config).eval()
    torch.set_default_dtype(torch.float32)
    return model


def draw(directory):
    """Every stored number is random: gains around 1, some negative; biases and buffers of routers included."""
    torch.manual_seed(7)
    model = stock(directory, torch.float32)
    generator = torch.Generator().manual_seed(7)
    names = set(model.state_dict())
    for name, value in [*model.named_parameters(), *((n, b) for n, b in model.named_buffers() if n in names)]:
        if not value.is_floating_point():
            continue
        noise = torch.randn(value.shape, generator=generator)
        is_gain = value.dim() == 1 and name.endswith("weight")
        with torch.no_grad():
            value.copy_(1 + 0.3 * noise if is_gain else (0.2 if value.dim() == 1 else 0.35) * noise)
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)


def inputs(config):
    generator = torch.Generator().manual_seed(8)
    if hasattr(config, "image_size"):
        side = config.image_size
        return {"pixel_values": torch.randn(3, config.num_channels, side, side, generator=generator, dtype=torch.double)}
    ids = torch.randint(3, config.vocab_size, (2, TOKENS), generator=generator)
    if not config.is_encoder_decoder:
        return {"input_ids": ids}
    return {"input_ids": ids, "decoder_input_ids": torch.randint(3, config.vocab_size, (2, TOKENS), generator=generator)}


def outputs(model, given):
    """Logits; of a class that has none the last stream, with what its pooler says put behind it as one more token."""
    scores = []
    if hasattr(model, "score"):
        model.score.register_forward_hook(lambda _, __, output: scores.append(output))
    with torch.no_grad():
        found = model(**given)
    if scores:
        return scores[0]  # of every token, not of the last one alone
    for name in ("logits", "prediction_logits"):
        if name in found:
            return found[name]
    pooled = found.get("pooler_output")
    stream = found["last_hidden_state"]
    return stream if pooled is None else torch.cat([stream, pooled.unsqueeze(1)], 1)


class InDouble:
    """Whatever asks for float32 gets float64."""

    def __enter__(self):
        self.kept = torch.float32, torch.float, torch.Tensor.float
        torch.float32 = torch.float = torch.float64
        torch.Tensor.float = torch.Tensor.double

    def __exit__(self, *_):
        torch.float32, torch.float, torch.Tensor.float = self.kept


def expect(directory):
    config = transformers.AutoConfig.from_pretrained(directory)
    cls = getattr(transformers, config.architectures[0])
    loaded = cls.from_pretrained(directory, dtype=torch.float32).state_dict()
    weights = {name: value.double() if value.is_floating_point() else value for name, value in loaded.items()}
    given = inputs(config)
    plain = stock(directory, torch.float64)
    plain.load_state_dict(weights)
    rounded = outputs(plain, given)
    with InDouble():
        model = stock(directory, torch.float64)
        model.load_state_dict(weights)
        exact = outputs(model, given)
    difference = ((exact - rounded).abs().max() / exact.abs().max()).item()
    if exact.dtype != torch.float64 or difference > ROUNDING:
        sys.exit(f"{directory}: without float32 the outputs change by {difference:.1e}, more than {ROUNDING}")
    save_file({**{name: value.contiguous() for name, value in given.items()}, "outputs": exact.contiguous()},
              directory / "expected.safetensors",
              {"made_by": f"transformers {transformers.__version__}, torch {torch.__version__}, {cls.__name__}"})
    print(f"{directory.name}: {tuple(exact.shape)}, float32 alone changes {difference:.1e}", flush=True)


def memory(directory):
    config = transformers.AutoConfig.from_pretrained(directory)
    model = getattr(transformers, config.architectures[0]).from_pretrained(directory, dtype=torch.float32)
    out = directory.with_name(directory.name + "-memory")
    out.mkdir(exist_ok=True)
    shutil.copy(directory / "config.json", out)
    stored = {name: value.clone().contiguous() for name, value in model.state_dict().items()}  # ties are stored twice
    save_file(stored, out / "model.safetensors",
              {"format": "pt"})


def main():
    work = {"draw": draw, "expect": expect, "memory": memory}[sys.argv[1]]
    for name in sys.argv[2:]:
        work(pathlib.Path(name))


if __name__ == "__main__":
    main()
