"""Hugging Face directories of float32 tensors, written and read without any other library than NumPy."""
import json
import struct

import numpy as np


def write(directory, tensors, config):
    """A new directory: safetensors is a length, a JSON header and the numbers."""
    directory.mkdir()
    header, offset = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(directory / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor).tobytes())
    (directory / "config.json").write_text(json.dumps(config), encoding="utf-8")


def read(directory):
    """The configuration, and the tensors in memory."""
    with open(directory / "model.safetensors", "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        header.pop("__metadata__", None)
        start = file.tell()
        tensors = {}
        for name, entry in header.items():
            if entry["dtype"] != "F32":
                raise SystemExit(f"{directory}: the tensor {name} is {entry['dtype']}, expected F32")
            file.seek(start + entry["data_offsets"][0])
            tensors[name] = np.fromfile(file, np.float32, int(np.prod(entry["shape"]))).reshape(entry["shape"])
    return json.loads((directory / "config.json").read_text(encoding="utf-8")), tensors
