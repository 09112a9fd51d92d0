"""Fine-tunes one stock model on two parts of a text, for merges of models that share a base.

    python3 benchmarks/merging/finetune.py BASE TEXT OUT1 OUT2

BASE is a directory of a causal language model whose tokenizer.json has one token for each character. OUT1 is trained on
the first half of the first nine tenths of TEXT, OUT2 on the second half, 200 steps each, seeds 1 and 2.
"""
import json
import shutil
import sys

import torch
from transformers import AutoModelForCausalLM

base, text, *outs = sys.argv[1:]
vocabulary = json.load(open(base + "/tokenizer.json"))["model"]["vocab"]
tokens = torch.tensor([vocabulary[character] for character in open(text).read() if character in vocabulary])
trained = tokens[: int(0.9 * len(tokens))]
half = len(trained) // 2
torch.set_num_threads(1)
for seed, (out, part) in enumerate(zip(outs, (trained[:half], trained[half:])), start=1):
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    for step in range(200):
        starts = torch.randint(0, len(part) - 65, (32,))
        batch = torch.stack([part[start : start + 64] for start in starts])
        loss = model(batch, labels=batch).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(out, loss.item())
    model.save_pretrained(out)
    shutil.copy(base + "/tokenizer.json", out)
