"""The PyTorch side of the benchmark of training steps: seven auto-encoders, eager and compiled. pip install torch

A server. One JSON request per line on stdin, one JSON answer per line on stdout; warnings go to stderr.

    python peers.py --threads 2
    <- {"torch": "2.13.0+cpu", "threads": 2}
    -> {"prepare": "mlp", "mode": "eager"}             <- {"ok": true, "prepare_s": 0.1}
    -> {"run": "mlp", "mode": "eager", "steps": 3}     <- {"ms": [2.1, 2.0, 2.0], "loss": 41.7}
    -> {"matmul": 1024, "repeats": 10}                 <- {"gflops": 130.5}
    -> {"quit": true}

A request that fails is answered {"ok": false, "error": "one line"}. Losses are summed over the features of an
example and averaged over the batch. Shapes: n examples of a batch, t tokens, w width of the transformer.
"""
import argparse, json, os, sys, tempfile, time

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all cores")
THREADS = arguments.parse_args().threads if __name__ == "__main__" else os.cpu_count()

# Read once, when torch is imported.
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(THREADS)
# An empty cache of compiled kernels, so that prepare_s is the time of a first compilation.
CACHE = tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True)
os.environ["TORCHINDUCTOR_CACHE_DIR"] = CACHE.name

import torch
import torch._dynamo.config
import torch._functorch.config
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

POOL = 1280  # examples, so that 10 batches of 128 or 20 of 64 are one pass
WARM_UP = 3
CHANNELS_LAST = torch.channels_last  # the layout of images in memory: faster here, eager and compiled


# ---------------------------------------------------------------------------------------------- workloads
# Each is a module with `batch`, `pool()`: its examples, and `loss(x)`: forward pass and loss of one batch.


def images():
    """Random images with 8 hidden factors, so that there is something to learn. [POOL, 784] in (0, 1)"""
    return torch.sigmoid(torch.randn(POOL, 8) @ torch.randn(8, 784))


def dense(widths, activation=nn.ReLU):
    """Dense layers with an activation between them, none after the last."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def conv(inputs, outputs, size=3, stride=1):
    return nn.Conv2d(inputs, outputs, size, stride, padding=size // 2)


def upconv(inputs, outputs):
    """Doubles height and width."""
    return nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)


def squared_error(reconstruction, x):
    return F.mse_loss(reconstruction, x, reduction="sum") / len(x)


class Workload(nn.Module):
    batch = 128

    def pool(self):
        return images()


class Mlp(Workload):
    def __init__(self):
        super().__init__()
        self.encoder = dense([784, 256, 64, 16])
        self.decoder = dense([16, 64, 256, 784])

    def loss(self, x):
        return squared_error(torch.sigmoid(self.decoder(self.encoder(x))), x)


class Deep(Workload):
    def __init__(self):
        super().__init__()
        self.encoder = dense([784, 512, 256, 30], nn.SiLU)
        self.decoder = dense([30, 256, 512, 784], nn.SiLU)

    def loss(self, x):
        return squared_error(self.decoder(self.encoder(x)), x)


class Convolutional(Workload):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(conv(1, 32, stride=2), nn.ReLU(), conv(32, 64, stride=2), nn.ReLU())
        self.code = nn.Linear(3136, 32)
        self.start = nn.Linear(32, 3136)
        self.up = nn.Sequential(upconv(64, 32), nn.ReLU(), upconv(32, 1))
        self.to(memory_format=CHANNELS_LAST)

    def pool(self):
        return images().view(POOL, 1, 28, 28)

    def loss(self, x):
        z = self.code(self.down(x).permute(0, 2, 3, 1).flatten(1))  # [n, 32]
        start = F.relu(self.start(z)).view(-1, 7, 7, 64).permute(0, 3, 1, 2)  # [n, 64, 7, 7], nothing is copied
        return squared_error(self.up(start), x)


class Vae(Workload):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(dense([784, 400, 200]), nn.ReLU(), nn.Linear(200, 40))
        self.decoder = dense([20, 200, 400, 784])

    def loss(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=1)  # two of [n, 20]
        z = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
        nll = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum()
        return (nll + kl) / len(x)


class VqVae(Workload):
    """The codebook follows the codes by exponential moving averages, not by gradients: van den Oord et al. 2017, A.1"""
    codes, dim, decay, epsilon, commitment = 128, 16, 0.99, 1e-5, 0.25

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            conv(1, 32, stride=2), nn.ReLU(), conv(32, 64, stride=2), nn.ReLU(), conv(64, self.dim, size=1))
        self.decoder = nn.Sequential(conv(self.dim, 64), nn.ReLU(), upconv(64, 32), nn.ReLU(), upconv(32, 1))
        self.register_buffer("codebook", 0.1 * torch.randn(self.codes, self.dim))
        self.register_buffer("counts", torch.ones(self.codes))
        self.register_buffer("sums", self.codebook.clone())
        self.to(memory_format=CHANNELS_LAST)

    def pool(self):
        return images().view(POOL, 1, 28, 28)

    def loss(self, x):
        z = self.encoder(x).permute(0, 2, 3, 1)  # [n, 7, 7, 16]
        flat = z.reshape(-1, self.dim)  # [49 n, 16]
        with torch.no_grad():
            # |z|² is the same for every entry, but a distance is what is asked for
            distance = flat.square().sum(1, keepdim=True) - 2 * flat @ self.codebook.T + self.codebook.square().sum(1)
            nearest = distance.argmin(1)
            quantized = self.codebook[nearest]
            if self.training:
                self.follow(flat, nearest)
        commitment = self.commitment * (flat - quantized).square().sum(1).mean()
        through = flat + (quantized - flat).detach()  # forward the entry, backward straight to z
        return squared_error(self.decoder(through.view(z.shape).permute(0, 3, 1, 2)), x) + commitment

    def follow(self, flat, nearest):
        one_hot = F.one_hot(nearest, self.codes).to(flat.dtype)  # [49 n, 128]
        self.counts.lerp_(one_hot.sum(0), 1 - self.decay)
        self.sums.lerp_(one_hot.T @ flat, 1 - self.decay)
        total = self.counts.sum()
        smoothed = (self.counts + self.epsilon) / (total + self.codes * self.epsilon) * total
        self.codebook.copy_(self.sums / smoothed[:, None])


class Block(nn.Module):
    heads = 4

    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed_forward = dense([width, 4 * width, width])

    def forward(self, x):  # [n, t, w]
        qkv = self.qkv(self.norm1(x)).unflatten(2, (3, self.heads, -1))  # [n, t, 3, heads, w / heads]
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # three of [n, heads, t, w / heads]
        with sdpa_kernel(SDPBackend.MATH):  # as fast as the fused kernel in eager mode, faster when compiled
            attended = F.scaled_dot_product_attention(q, k, v)
        x = x + self.out(attended.transpose(1, 2).flatten(2))
        return x + self.feed_forward(self.norm2(x))


class Transformer(Workload):
    batch, vocabulary, length, width, masked = 64, 96, 64, 64, 0.15

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(self.vocabulary + 1, self.width)  # the last one is the mask
        self.position = nn.Parameter(0.02 * torch.randn(self.length, self.width))
        self.blocks = nn.Sequential(Block(self.width), Block(self.width), nn.LayerNorm(self.width))
        self.logits = nn.Linear(self.width, self.vocabulary)

    def pool(self):
        """Token after token counts on from a random start, so that a gap can be filled. [POOL, t]"""
        return (torch.randint(self.vocabulary, (POOL, 1)) + torch.arange(self.length)) % self.vocabulary

    def loss(self, tokens):
        mask = torch.rand(tokens.shape) < self.masked  # [n, t]
        seen = tokens.masked_fill(mask, self.vocabulary)
        logits = self.logits(self.blocks(self.embed(seen) + self.position))  # [n, t, vocabulary]
        target = tokens.masked_fill(~mask, -100)  # which cross_entropy leaves out of its mean
        return F.cross_entropy(logits.flatten(0, 1), target.flatten())


class Gru(Workload):
    """Reads a digit row by row; the decoder sees the true rows above the one it writes."""
    batch, width = 64, 128

    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(28, self.width, batch_first=True)
        self.decoder = nn.GRU(28, self.width, batch_first=True)
        self.rows = nn.Linear(self.width, 28)

    def pool(self):
        return images().view(POOL, 28, 28)

    def loss(self, x):
        _, code = self.encoder(x)  # [1, n, 128]
        shifted = F.pad(x[:, :-1], (0, 0, 1, 0))
        states, _ = self.decoder(shifted, code)
        return squared_error(self.rows(states), x)


WORKLOADS = {"mlp": Mlp, "deep": Deep, "convolutional": Convolutional, "vae": Vae, "vq-vae": VqVae,
             "transformer": Transformer, "gru": Gru}


# ---------------------------------------------------------------------------------------------- training


class Training:
    def __init__(self, workload, mode):
        torch.manual_seed(0)
        self.model = WORKLOADS[workload]()
        self.pool = self.model.pool()
        self.loss = torch.compile(self.model.loss, dynamic=False) if mode == "compile" else self.model.loss
        # fused: faster than foreach and a plain loop; compiled ones won by 4 % once (convolutional), else lost or tied
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=True)
        self.order, self.next = torch.randperm(POOL), 0

    def draw(self):
        if self.next == POOL:
            self.order, self.next = torch.randperm(POOL), 0
        rows = self.order[self.next:self.next + self.model.batch]
        self.next += self.model.batch
        return self.pool.index_select(0, rows)

    def step(self):
        x = self.draw()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(x)
        loss.backward()
        self.optimizer.step()
        return loss.item()


# ---------------------------------------------------------------------------------------------- requests


def prepare(trainings, request):
    workload, mode = request["prepare"], request["mode"]
    for name, value, known in ("prepare", workload, list(WORKLOADS)), ("mode", mode, ["eager", "compile"]):
        if value not in known:
            raise ValueError(f"{name}: expected one of {known}, got {value!r}")
    start = time.perf_counter()
    training = Training(workload, mode)
    for _ in range(WARM_UP):
        training.step()
    trainings[workload, mode] = training
    return {"ok": True, "prepare_s": time.perf_counter() - start}


def run(trainings, request):
    key = request["run"], request["mode"]
    if key not in trainings:
        raise ValueError(f"run: expected a prepared workload and mode, got {key}")
    ms, loss = [], None
    for _ in range(request["steps"]):
        start = time.perf_counter()
        loss = trainings[key].step()
        ms.append(1000 * (time.perf_counter() - start))
    return {"ms": ms, "loss": loss}


def matmul(size, repeats):
    a, b, out = torch.rand(size, size), torch.rand(size, size), torch.empty(size, size)
    seconds = []
    for _ in range(WARM_UP + repeats):
        start = time.perf_counter()
        torch.mm(a, b, out=out)
        seconds.append(time.perf_counter() - start)
    return {"gflops": 2 * size**3 / min(seconds[WARM_UP:]) / 1e9}


def answer(trainings, request):
    if "prepare" in request:
        return prepare(trainings, request)
    if "run" in request:
        return run(trainings, request)
    if "matmul" in request:
        return matmul(request["matmul"], request["repeats"])
    raise ValueError(f"request: expected prepare, run, matmul or quit, got {list(request)}")


def main():
    # Only answers reach stdout: whatever torch or a compiler prints goes to stderr.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    torch.set_num_threads(THREADS)
    torch.set_num_interop_threads(1)
    # Rather an error than eager code timed as compiled.
    torch._dynamo.config.fail_on_recompile_limit_hit = True
    # Else nn.GRU is left out of the compiled graph: 20 ms a step, not 14, for a minute more of compilation.
    torch._dynamo.config.allow_rnn = True
    # Else each ReLU stores a mask for the backward pass, slowly: transformer 32 ms a step, not 23. The wider
    # aggressive_recomputation draws noise and masks anew in the backward pass: its gradients are wrong.
    torch._functorch.config.ban_recompute_materialized_backward = False

    def reply(message):
        print(json.dumps(message), file=replies, flush=True)

    reply({"torch": torch.__version__, "threads": torch.get_num_threads()})
    trainings = {}
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            if "quit" in request:
                break
            reply(answer(trainings, request))
        except Exception as error:
            reply({"ok": False, "error": " ".join(f"{type(error).__name__}: {error}".split())[:500]})


if __name__ == "__main__":
    main()
