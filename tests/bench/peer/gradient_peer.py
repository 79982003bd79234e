"""The benchmark `gradient` by diffusers and torch autograd, float32: the same UNet, loss and gradient as gradient-step.ts.

usage: gradient_peer.py MODE FOLDER SIDE THREADS LAYERS   (MODE plain | gradient; LAYERS with commas between)
Prints a line of JSON when it is loaded and has run once, then one for each line read.
"""
import json
import os
import sys
import time

import diffusers
import numpy
import safetensors.torch
import torch

mode, folder, side, threads, layers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5].split(",")
torch.set_num_threads(threads)
component = os.path.join(folder, "unet")
with open(os.path.join(component, "config.json")) as file:
    config = json.load(file)
with torch.device("meta"):
    net = diffusers.UNet2DConditionModel.from_config(config)
net.load_state_dict(safetensors.torch.load_file(os.path.join(component, "diffusion_pytorch_model.safetensors")), assign=True)
net.eval().requires_grad_(False)


def status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":")) / 1024


def forget_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def scattered(*shape):
    """1.2 sin(1.7 i), as gradient-step.ts feeds it."""
    values = 1.2 * numpy.sin(1.7 * numpy.arange(numpy.prod(shape)))
    return torch.from_numpy(values.astype("float32").reshape(shape))


class Tapped:
    """Attention of one layer with its probabilities kept; otherwise what AttnProcessor2_0 does."""

    def __init__(self, maps):
        self.maps = maps

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        heads = lambda x: x.unflatten(2, (attn.heads, -1)).transpose(1, 2)
        query, key, value = heads(attn.to_q(hidden_states)), heads(attn.to_k(context)), heads(attn.to_v(context))
        probabilities = torch.softmax(query @ key.transpose(2, 3) * attn.scale, -1)
        self.maps.append(probabilities.mean(1))
        return attn.to_out[0]((probabilities @ value).transpose(1, 2).flatten(2))


maps = []
if mode == "gradient":
    for name, module in net.named_modules():
        if name in layers:
            module.set_processor(Tapped(maps))
sample = scattered(1, config["in_channels"], side // 8, side // 8)
context = scattered(1, 77, config["cross_attention_dim"])


def region_loss():
    largest = int(max(m.shape[1] for m in maps) ** 0.5)
    pictures = []
    for m in maps:
        size = int(m.shape[1] ** 0.5)
        looked = torch.stack([m[0, :, 2], m[0, :, 5]]).reshape(1, 2, size, size)
        pictures.append(torch.nn.functional.interpolate(looked, (largest, largest), mode="bilinear", align_corners=False)[0])
    mean = torch.stack(pictures).mean(0)
    columns = torch.arange(largest) < largest / 2
    masks = torch.stack([columns, ~columns]).float()[:, None, :].expand(2, largest, largest)
    entropy = lambda p: torch.nn.functional.binary_cross_entropy(p.clamp(1e-6, 1 - 1e-6), masks, reduction="none").mean((1, 2))
    return (entropy(mean) + entropy(mean / mean.amax((1, 2), keepdim=True))).sum()


def step():
    maps.clear()
    if mode == "plain":
        with torch.no_grad():
            net(sample, 500, context, return_dict=False)
        return None, None
    x = sample.clone().requires_grad_(True)
    net(x, 500, context, return_dict=False)
    loss = region_loss()
    (gradient,) = torch.autograd.grad(loss, x)
    return loss.item(), gradient


created = status("VmRSS")
forget_peak()
loss, gradient = step()
print(
    json.dumps(
        {
            "createdMiB": round(created),
            "firstRunMiB": round(status("VmHWM") - created),
            "loss": loss,
            "gradient": [] if gradient is None else gradient.flatten().tolist(),
            "versions": {"torch": torch.__version__, "diffusers": diffusers.__version__},
        }
    ),
    flush=True,
)
for _ in sys.stdin:
    forget_peak()
    begin = time.perf_counter()
    step()
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "aboveCreatedMiB": round(status("VmHWM") - created)}), flush=True)
