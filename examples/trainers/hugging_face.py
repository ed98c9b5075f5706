"""What wrappers of trainers that build on transformers have in common."""

import shutil

import torch
from contract import Refused, order
from peft import LoraConfig
from transformers import AutoConfig, AutoModelForCausalLM, Trainer, TrainerCallback

SCHEDULES = {"CONSTANT": "constant_with_warmup", "LINEAR": "linear", "COSINE": "cosine"}


def check(
    request,
    objectives=("supervised", "unsupervised"),
    methods=("lora", "full"),
    optimizers=("adamw", "sgd"),
    options=(),
):
    """Refuses what cannot be trained, before a model is read."""
    for what, known, asked in [
        ("methods", methods, request["method"]["type"]),
        ("objectives", objectives, request["objective"]["type"]),
        ("optimizers", optimizers, request["optimizer"]["type"]),
        *[("options", options, option) for option in request["options"]],
    ]:
        if asked not in known:
            raise Refused(f"this trainer has the {what} {', '.join(known)}, not {asked}")
    result = "model" if request["method"]["type"] == "full" else "adapter"
    if request["expects"] != result:
        raise Refused(f"this trainer has the result {result} for this method, not {request['expects']}")


def open_model(run, folder=None):
    """The base model, or that of another folder. Only frozen weights are held in bf16."""
    low = run.request["precision"] == "BF16" and run.request["method"]["type"] == "lora"
    try:
        return AutoModelForCausalLM.from_pretrained(
            folder or run.path / "model", dtype=torch.bfloat16 if low else torch.float32, local_files_only=True
        )
    except (ImportError, KeyError, ValueError) as problem:
        raise Refused(f"transformers cannot open the model: {str(problem).splitlines()[0]}") from problem


def lora(run, model, task_type="CAUSAL_LM"):
    """The configuration of the adapter; None without one."""
    method = run.request["method"]
    if method["type"] != "lora":
        return None
    targets = method.get("targets")
    layers = {name.rsplit(".", 1)[-1] for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)}
    if missing := sorted(set(targets or ()) - layers):
        raise Refused(f"the model has no linear layers {', '.join(missing)}; it has {', '.join(sorted(layers))}")
    alpha = method["alpha"]
    return LoraConfig(
        r=method["rank"],
        lora_alpha=int(alpha) if alpha == int(alpha) else alpha,
        lora_dropout=method["dropout"],
        target_modules=targets or "all-linear",
        use_rslora=method.get("scaling") == "RANK_STABILIZED",
        task_type=task_type,
    )


def training_arguments(run):
    """Fields of transformers' TrainingArguments."""
    request, rate = run.request, run.request["learningRate"]
    return dict(
        output_dir=str(run.path / "checkpoints"),
        max_steps=request["steps"],
        per_device_train_batch_size=request["batchSize"],
        per_device_eval_batch_size=request["batchSize"],
        gradient_accumulation_steps=request["accumulate"],
        learning_rate=rate["peak"],
        lr_scheduler_type=SCHEDULES[rate["shape"]],
        warmup_steps=rate["warmup"],
        max_grad_norm=request["clip"],
        bf16=request["precision"] == "BF16",
        seed=request["seed"] % 2**32,
        use_cpu=not torch.cuda.is_available(),
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="no",  # `ContractCallback` says when
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def optimizer(request, model):
    """The request's optimizer. Matrices decay, vectors do not; LoRA+ gives B a higher learning rate than A."""
    spec, peak, ratio = request["optimizer"], request["learningRate"]["peak"], request["method"].get("rateRatio", 1)
    groups = {}
    for name, p in model.named_parameters():
        if p.requires_grad:
            decay = spec["weightDecay"] if p.ndim > 1 else 0.0
            rate = peak * ratio if ".lora_B." in name else peak
            groups.setdefault((decay, rate), []).append(p)
    groups = [{"params": params, "weight_decay": decay, "lr": rate} for (decay, rate), params in groups.items()]
    if spec["type"] == "sgd":
        return torch.optim.SGD(groups, momentum=spec["momentum"])
    return torch.optim.AdamW(groups, betas=(spec["beta1"], spec["beta2"]), eps=spec["epsilon"])


class EngineOrder(torch.utils.data.Sampler):
    """The rows of an epoch in the order of Septet's engine."""

    def __init__(self, trainer):
        self.trainer = trainer

    def __len__(self):
        return len(self.trainer.train_dataset)

    def __iter__(self):
        request = self.trainer.contract.run.request
        epoch = self.trainer.state.global_step // request["stepsPerEpoch"]
        return iter(order(len(self), request["seed"], epoch))


class Trained:
    """What a trainer of transformers does as Septet's request says, and not as its configuration can say it.

    A trainer extends it before its own base class, sets `contract`, and has `summed_loss`, which returns the sum of the
    losses of a batch, and how many tokens or pairs it sums."""

    contract = None

    def _get_train_sampler(self, dataset=None):
        return EngineOrder(self)

    def create_optimizer(self, model=None):
        self.optimizer = optimizer(self.contract.run.request, self.model)
        return self.optimizer

    def evaluate(self, *_, **__):
        """The validation loss, weighted as a step's loss is: by tokens, or by pairs."""
        total, count = 0.0, 0
        self.model.eval()
        with torch.no_grad(), self.compute_loss_context_manager():
            for inputs in self.get_eval_dataloader():
                loss, weight = self.summed_loss(self._prepare_inputs(inputs))
                total, count = total + float(loss), count + int(weight)
        self.model.train()
        self.contract.run.metric(self.state.global_step, validationLoss=total / count)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, {})
        return {}


class TokenTrainer(Trained, Trainer):
    """A trainer of any model whose batches have `labels`: -100 = no loss. A model's own loss is not used."""

    shifted = False  # whether a position predicts the label of the next one, as in a decoder without an encoder

    def __init__(self, contract, **rest):
        super().__init__(callbacks=[contract], **rest)
        self.contract = contract
        self.model_accepts_loss_kwargs = True  # the loss is a sum over the tokens of all micro-batches

    def training_step(self, model, inputs, num_items_in_batch=None):
        self.contract.tokens = int(num_items_in_batch)
        return super().training_step(model, inputs, num_items_in_batch)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        return self.summed_loss(inputs)[0] / num_items_in_batch

    def summed_loss(self, inputs):
        labels = inputs["labels"]
        logits = self.model(**{name: value for name, value in inputs.items() if name != "labels"}).logits
        if self.shifted:
            labels, logits = labels[:, 1:], logits[:, :-1]
        losses = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100, reduction="sum"
        )
        return losses, (labels != -100).sum()


class ContractCallback(TrainerCallback):
    """Writes metrics, marks checkpoints as complete, and reads what Septet controls, between two steps."""

    def __init__(self, run):
        self.run = run
        self.tokens = None  # with a loss in this step; None if the trainer does not count them
        self.asked = 0
        self.finished = False

    def on_step_begin(self, args, state, control, **_):
        self.tokens = None

    def on_step_end(self, args, state, control, **_):
        step, stopped = state.global_step, self.run.stopped()
        self.asked = self.run.asked()
        self.finished = stopped or step >= self.run.request["steps"]
        control.should_evaluate = self.run.validation_due(step)
        control.should_save = self.run.checkpoint_due(step)
        control.should_training_stop = self.finished or self.run.terminated
        return control

    def on_log(self, args, state, control, logs, **_):
        if "loss" in logs:
            self.run.metric(
                state.global_step,
                loss=logs["loss"],
                epoch=(state.global_step - 1) // self.run.request["stepsPerEpoch"],
                learningRate=logs["learning_rate"],
                gradientNorm=logs.get("grad_norm"),
                tokens=self.tokens,
            )
        elif "eval_loss" in logs:
            self.run.metric(state.global_step, validationLoss=logs["eval_loss"])

    def on_save(self, args, state, control, **_):
        self.run.complete(state.global_step, self.asked)


def write_result(run, model):
    """Writes a peft model's adapter, or a whole model in the element type of the base model."""
    base, result = run.path / "model", run.path / "output" / run.request["expects"]
    if run.request["expects"] == "adapter":
        model.peft_config["default"].base_model_name_or_path = run.request["baseModel"]
        model.save_pretrained(result, save_embedding_layers=False)
        (result / "README.md").unlink(missing_ok=True)
        return
    model.to(AutoConfig.from_pretrained(base, local_files_only=True).dtype or torch.float32)
    model.save_pretrained(result)
    for name in ("config.json", "generation_config.json"):
        if (base / name).exists():
            shutil.copyfile(base / name, result / name)
