package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.vocabulary.PipelineDraft;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Checks rules between the deployment and the monitoring stage. */
final class DeploymentRules {
    private final Problems problems;
    private final Places places;

    DeploymentRules(Problems problems, Places places) {
        this.problems = problems;
        this.places = places;
    }

    void check(PipelineDraft draft) {
        draft.deploy().ifPresent(this::canary);
        draft.deploy().ifPresent(this::guard);
        if (draft.deploy().isPresent() && draft.evaluate().isPresent()) {
            probe(draft.deploy().get(), draft.evaluate().get());
        }
        draft.deploy().ifPresent(this::oneServer);
        draft.deploy().ifPresent(this::quantized);
        draft.deploy()
                .filter(DeploySpec::examinesForms)
                .ifPresent(deploy -> exam(deploy, draft.evaluate().orElse(EvaluateSpec.DEFAULT)));
        if (draft.deploy().isPresent() && draft.train().isPresent()) {
            loadsAdapter(draft.deploy().get(), draft.train().get());
        }
        draft.train().map(TrainSpec::by).filter(BackEndSpec::keepsModel).ifPresent(by -> keptByService(draft, by));
        draft.monitor().ifPresent(this::onDrift);
        replay("monitor.onDrift.replay");
        replay("monitor.onFeedback.replay");
        if (draft.deploy().isPresent() && draft.monitor().isPresent()) {
            log(draft.deploy().get(), draft.monitor().get());
        }
    }

    private void canary(DeploySpec deploy) {
        if (deploy.canary() != null && !serves(deploy)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy.canary"),
                    "`canary` shares requests between two models, but no target answers requests",
                    "Add `target http { port 8080 }`.");
        }
    }

    private void guard(DeploySpec deploy) {
        if (deploy.guard() != null && !serves(deploy)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy.guard"),
                    "`guard` judges requests and answers of Septet's server, but no target answers requests",
                    "Add `target http { port 8080 }`, or judge the model before it is deployed: `evaluate { safety {"
                            + " ... } }`.");
        }
    }

    /** A trial knows metrics by their names only, so it cannot run a jar's, or one that needs more than a text. */
    private void probe(DeploySpec deploy, EvaluateSpec evaluate) {
        if (deploy.canary() == null || deploy.canary().probe() == null) {
            return;
        }
        List<MetricSpec> answers =
                evaluate.metrics().stream().filter(MetricSpec::readsAnswer).toList();
        if (!answers.isEmpty() && answers.stream().noneMatch(MetricSpec::readsTextOnly)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy.canary"),
                    "`canary probe:` cannot score answers with `metric %s`, which %s"
                            .formatted(
                                    answers.get(0).name(),
                                    answers.get(0).extension() != null
                                            ? "comes from a jar"
                                            : "needs more than the text of an answer"),
                    "Add a metric of Septet's own that reads answers, such as `metric exactMatch`.");
        }
    }

    private void oneServer(DeploySpec deploy) {
        if (deploy.targets().stream().filter(HttpSpec.class::isInstance).count() > 1) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy.target"),
                    "a pipeline has one server, but two targets are `http`",
                    "Leave one of them out.");
        }
    }

    private void quantized(DeploySpec deploy) {
        if (!deploy.quantize().isEmpty()
                && !deploy.targets().isEmpty()
                && deploy.targets().stream().noneMatch(TargetSpec::takesGguf)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy.quantize"),
                    "`quantize` writes a GGUF, but no target takes one: `http`, `vllm` and"
                            + " `huggingface` use the model in full precision",
                    "Remove it, or add a target that takes a GGUF, such as" + " `target directory('models/tuned')`.");
        }
    }

    /** The exam needs forms to examine, and metrics to measure. */
    private void exam(DeploySpec deploy, EvaluateSpec evaluate) {
        if (deploy.quantize().isEmpty()) {
            examProblem(
                    "`exam` compares quantized forms with the model, but `deploy` has no `quantize`",
                    "Add a form, such as `quantize q4_k_m`, or remove it.");
            return;
        }
        Set<String> measured = FormExamSpec.measured(evaluate);
        if (measured.isEmpty()) {
            examProblem(
                    "`exam` asks no people, but `evaluate` has only metrics of them",
                    "Add another metric, such as `metric exactMatch`, to `evaluate`.");
        }
        for (FormExamSpec each : deploy.exam()) {
            if (each.form() != null && !deploy.quantize().contains(each.form())) {
                String form = each.form().name().toLowerCase(Locale.ROOT);
                examProblem(
                        "`exam form: %s` has a margin for a form that `deploy` does not make".formatted(form),
                        "Add `quantize %s`, or remove the line.".formatted(form));
            }
            if (each.on() != null && !measured.isEmpty() && !measured.contains(each.on())) {
                examProblem(
                        "`exam on: '%s'` names no metric, score or part that the exam measures".formatted(each.on()),
                        "Write one of %s, or add `%s` to `evaluate`."
                                .formatted(String.join(", ", measured), added(each.on())));
            }
        }
    }

    private static String added(String name) {
        return FormExamPart.hasMargin(name) ? name : "metric " + name;
    }

    private void examProblem(String problem, String next) {
        problems.add(ProblemId.CONFLICT, places.first("deploy.exam"), problem, next);
    }

    /** A running vLLM server loads adapters only, and none of DoRA. */
    private void loadsAdapter(DeploySpec deploy, TrainSpec train) {
        boolean loads = deploy.targets().stream()
                .anyMatch(target -> target instanceof VllmSpec vllm && vllm.endpoint() != null);
        boolean loadable = train.method() instanceof LoraSpec || train.method() instanceof QloraSpec;
        if (loads && !loadable) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy.target"),
                    "`vllm(..., endpoint:)` loads an adapter into a running server, but this method makes none that"
                            + " vLLM can load",
                    "Write `method lora()` or `method qlora()`, or leave `endpoint:` out and start vLLM with the"
                            + " published folder.");
        }
    }

    /** A service gives only the name of the model: no files, and no probabilities of given texts. */
    private void keptByService(PipelineDraft draft, BackEndSpec by) {
        String written = "`by %s` leaves the model with the service".formatted(by.written());
        draft.deploy().ifPresent(deploy -> {
            if (!deploy.quantize().isEmpty()) {
                problems.add(
                        ProblemId.CONFLICT,
                        places.first("deploy.quantize"),
                        "`quantize` needs the model's files, but " + written,
                        "Leave it out.");
            }
            deploy.targets().stream()
                    .filter(target -> !(target instanceof HttpSpec))
                    .findFirst()
                    .ifPresent(target -> problems.add(
                            ProblemId.CONFLICT,
                            places.first("deploy.target"),
                            "the target %s needs the model's files, but %s".formatted(target.place(), written),
                            "Write `target http { port 8080 }`: Septet's server passes requests on to the service."));
        });
        draft.evaluate().stream()
                .flatMap(evaluate -> evaluate.metrics().stream())
                .filter(MetricSpec::needsModel)
                .findFirst()
                .ifPresent(metric -> problems.add(
                        ProblemId.CONFLICT,
                        places.first("evaluate.metric"),
                        "`metric %s` needs the model itself, but %s".formatted(metric.name(), written),
                        "Use a metric of one answer's text, such as `metric exactMatch`."));
        if (draft.deploy().isPresent() && !readsAnswers(draft.evaluate().orElse(EvaluateSpec.DEFAULT))) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("deploy"),
                    "`deploy` compares answers with those of the evaluation, but no metric or score reads answers, and "
                            + written,
                    "Add a metric that reads answers, such as `metric exactMatch`, to `evaluate`.");
        }
        draft.monitor()
                .filter(monitor ->
                        monitor.drifts().stream().anyMatch(drift -> drift.detector() == DriftSpec.Detector.PERPLEXITY))
                .ifPresent(monitor -> problems.add(
                        ProblemId.CONFLICT,
                        places.first("monitor.drift"),
                        "`drift perplexity` needs the probabilities of the deployed model, but " + written,
                        "Use another detector, such as `drift classifier`."));
    }

    private static boolean readsAnswers(EvaluateSpec evaluate) {
        return !evaluate.scores().isEmpty() || evaluate.metrics().stream().anyMatch(MetricSpec::readsAnswer);
    }

    private void onDrift(MonitorSpec monitor) {
        if (monitor.onDrift() != null && monitor.drifts().isEmpty()) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("monitor.onDrift"),
                    "`onDrift` needs a drift check, but `monitor` has no `drift`",
                    "Add a detector, such as `drift psi, on: promptLength`.");
        }
    }

    private void replay(String option) {
        places.of(option)
                .ifPresent(at -> problems.add(
                        ProblemId.REMARK,
                        at,
                        "`replay:` has no effect: a retraining starts from the base"
                                + " model and learns all earlier rows again",
                        "Leave the option out: the result is the same."));
    }

    private void log(DeploySpec deploy, MonitorSpec monitor) {
        if (monitor.log() == null && !serves(deploy)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("monitor"),
                    "`monitor` has no log to read: no `http` target writes one",
                    "Name the file that your own server writes: `log 'audit.jsonl'`.");
        }
    }

    private static boolean serves(DeploySpec deploy) {
        return deploy.targets().stream().anyMatch(HttpSpec.class::isInstance);
    }
}
