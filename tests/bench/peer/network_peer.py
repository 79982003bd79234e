"""One contender of the benchmark `unet`, a process of its own: a UNet or a VAE decoder by diffusers or OpenVINO.

usage: network_peer.py ENGINE PRECISION NETWORK FOLDER SIDE THREADS
       ENGINE diffusers | openvino | convert (writes what openvino loads, then ends), PRECISION f32 | bf16, NETWORK unet | vae
Prints a line of JSON when it is loaded and one for each line read.
"""
import json
import math
import os
import resource
import sys
import time

start = time.perf_counter()
engine, precision, network, folder, side, threads = sys.argv[1:7]
side, threads = int(side), int(threads)
component = os.path.join(folder, network)
converted = os.path.join(component, f"openvino-{side}.xml")
with open(os.path.join(component, "config.json")) as file:
    config = json.load(file)


def scattered(*shape):
    """1.2 sin(1.7 i), as network-step.ts feeds it."""
    import numpy

    return (1.2 * numpy.sin(1.7 * numpy.arange(math.prod(shape)))).astype("float32").reshape(shape)


def feeds():
    import numpy

    pixels = side // 8
    if network == "vae":
        return [scattered(1, config["latent_channels"], pixels, pixels)]
    inputs = [
        scattered(1, config["in_channels"], pixels, pixels),
        numpy.full(1, 500, "float32"),
        scattered(1, 77, config["cross_attention_dim"]),
    ]
    if config.get("addition_embed_type") == "text_time":
        pooled = config["projection_class_embeddings_input_dim"] - 6 * config["addition_time_embed_dim"]
        inputs += [scattered(1, pooled), numpy.full((1, 6), side, "float32")]
    return inputs


def load_torch(dtype):
    """The network as a module whose inputs and output are plain tensors."""
    import diffusers
    import safetensors.torch
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    levels = len(config["block_out_channels"])
    if network == "vae":
        types = {"down_block_types": ["DownEncoderBlock2D"] * levels, "up_block_types": ["UpDecoderBlock2D"] * levels}
        make, settings = diffusers.AutoencoderKL, {**types, **config}
    else:
        make, settings = diffusers.UNet2DConditionModel, config
    with torch.device("meta"):
        net = make.from_config(settings)
    weights = safetensors.torch.load_file(os.path.join(component, "diffusion_pytorch_model.safetensors"))
    net.load_state_dict({key: weights.pop(key).to(dtype) for key in list(weights)}, assign=True)

    class Step(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net.eval()

        def forward(self, x, timestep=None, context=None, pooled=None, sizes=None):
            if network == "vae":
                return self.net.decode(x / self.net.config.scaling_factor, return_dict=False)[0]
            added = None if pooled is None else {"text_embeds": pooled, "time_ids": sizes}
            return self.net(x, timestep, context, added_cond_kwargs=added, return_dict=False)[0]

    return Step()


def diffusers_step():
    import diffusers
    import torch

    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    step = load_torch(dtype)
    if precision == "bf16":
        step = step.to(memory_format=torch.channels_last)
    tensors = [torch.from_numpy(feed).to(dtype) for feed in feeds()]
    versions = {"torch": torch.__version__, "diffusers": diffusers.__version__}
    return lambda: step(*tensors).float().numpy(), versions


def convert():
    import openvino
    import torch

    if os.path.exists(converted):
        return
    tensors = [torch.from_numpy(feed) for feed in feeds()]
    model = openvino.convert_model(
        load_torch(torch.float32), example_input=tuple(tensors), input=[list(tensor.shape) for tensor in tensors]
    )
    openvino.save_model(model, converted + ".tmp.xml", compress_to_fp16=False)
    os.replace(converted + ".tmp.bin", converted.replace(".xml", ".bin"))
    os.replace(converted + ".tmp.xml", converted)


def openvino_step():
    import openvino

    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
    }
    request = openvino.Core().compile_model(converted, "CPU", settings).create_infer_request()
    inputs = dict(enumerate(feeds()))
    return lambda: next(iter(request.infer(inputs).values())), {"openvino": openvino.__version__}


def peak_mib():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def answer(facts):
    print(json.dumps(facts), flush=True)


if engine == "convert":
    convert()
    answer({})
    sys.exit()
run, versions = diffusers_step() if engine == "diffusers" else openvino_step()
load_peak_mib = peak_mib()
output = run().ravel()
answer(
    {
        "loadSeconds": time.perf_counter() - start,
        "loadPeakMiB": load_peak_mib,
        "firstRunPeakMiB": peak_mib(),
        "sample": [float(output[i * output.size // 64]) for i in range(64)],
        "versions": versions,
    }
)
for _ in sys.stdin:
    begin = time.perf_counter()
    run()
    answer({"seconds": time.perf_counter() - begin, "peakMiB": peak_mib()})
