"""The starter benchmark's work by diffusers, float32 on the CPU: prints one JSON object.

usage: diffusers_starter.py MODEL_FOLDER PICTURES WARM_UPS THREADS
"""
import json
import resource
import sys
import time

start = time.perf_counter()

import diffusers
import torch

folder, pictures, warm_ups, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
pipeline = diffusers.StableDiffusionPipeline.from_pretrained(
    folder,
    torch_dtype=torch.float32,
    safety_checker=None,
    feature_extractor=None,
    requires_safety_checker=False,
)
pipeline.set_progress_bar_config(disable=True)


def draw(seed):
    """Seconds for one picture: words to pixels, 20 DDIM steps, guidance 5."""
    start = time.perf_counter()
    noise = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(seed))
    pipeline(
        "a cat on a meadow",
        latents=noise,
        num_inference_steps=20,
        guidance_scale=5.0,
        height=128,
        width=128,
        output_type="np",
    )
    return time.perf_counter() - start


seconds = [draw(100)]
first_seconds = time.perf_counter() - start
seconds += [draw(100 + index) for index in range(1, warm_ups + pictures)]
print(
    json.dumps(
        {
            "firstSeconds": first_seconds,
            "seconds": seconds[warm_ups:],
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "versions": {"torch": torch.__version__, "diffusers": diffusers.__version__},
        }
    )
)
