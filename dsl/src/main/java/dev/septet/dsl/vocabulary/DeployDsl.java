package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.deploy.ApprovalSpec;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.HuggingfaceSpec;
import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.OciSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.vocabulary.safety.GuardWords;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.Required;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Deployment: the formats in which the model is published, and the targets. */
public final class DeployDsl extends StageDsl implements GuardWords {
    private final List<DeploySpec.Quantization> quantize = new ArrayList<>();
    private final List<TargetSpec> targets = new ArrayList<>();
    private final List<FormExamSpec> exam = new ArrayList<>();
    private @Nullable CanarySpec canary;
    private @Nullable ApprovalSpec approval;
    private @Nullable ServingGuardSpec guard;

    DeployDsl() {
        super(DeploySpec.DEFAULT_POLICY);
    }

    /**
     * Adds a quantized GGUF file beside the 16-bit GGUF file. Targets that serve one file get the smallest one. At
     * least one target must accept a GGUF: `directory`, `ollama`, `llamacpp`, `oci` or `s3`.
     */
    @Repeatable
    @Example("quantize int8")
    public void quantize(DeploySpec.Quantization format) {
        Refusal.unless(
                !quantize.contains(format.canonical()),
                "the model is already quantized to %s",
                format.canonical().name().toLowerCase(Locale.ROOT));
        quantize.add(format.canonical());
    }

    /**
     * Each GGUF file takes the exam of {@code evaluate} before it is published. A file passes if it meets the bounds of the
     * gate, and nothing is worse than the unquantized model's by more than {@code maxDrop:}, with the whole 95 % interval of
     * the paired difference. Other files are not published. {@code form:} names the only format that has this margin.
     * {@code on:} names the only metric, score or part: {@code benchmark}, {@code forgetting}, {@code safety},
     * {@code fairness}, {@code grounding} or {@code unanswerable}. The line with more options decides.
     */
    @Repeatable
    @Example("exam maxDrop: 2.percent")
    public void exam(
            @Option @Example("2.percent") Percent maxDrop,
            @Option DeploySpec.@Nullable Quantization form,
            @Option @Example("'exactMatch'") @Nullable String on) {
        FormExamSpec spec = new FormExamSpec(maxDrop.fraction(), form, on);
        Refusal.unless(
                exam.stream().noneMatch(each -> each.words().equals(spec.words())),
                "exam for %s is already set",
                spec.words());
        exam.add(spec);
    }

    /** A place where the model is published. */
    @Required
    @Repeatable
    @Example("target directory('models/tuned')")
    public void target(TargetSpec target) {
        Refusal.unless(
                targets.stream().noneMatch(t -> t.place().equals(target.place())),
                "another target already writes to '%s'",
                target.place());
        targets.add(target);
    }

    /** A folder of versions. Its link {@code current} always names the live version. */
    @Example("directory('models/tuned')")
    public TargetSpec directory(@PathTo(PathTo.Place.OUTPUT) @Example("'models/tuned'") String path) {
        return new DirectorySpec(path);
    }

    /** A folder with a Modelfile, ready for {@code ollama create}. */
    @Example("ollama('tuned', directory: 'models/ollama')")
    public TargetSpec ollama(
            @Example("'tuned'") String model,
            @Option @PathTo(PathTo.Place.OUTPUT) @Example("'models/ollama'") String directory) {
        return new OllamaSpec(model, directory);
    }

    /**
     * Septet's own server with an OpenAI-compatible API. It listens on this machine only, unless {@code host} is set.
     */
    @Example("http { port 8080 }")
    public TargetSpec http(@Nullable Consumer<HttpDsl> words) {
        var dsl = new HttpDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return dsl.spec();
    }

    /**
     * A folder with the model, its chat template and the arguments for vLLM. With {@code endpoint:}, a running vLLM
     * server of the operator's file loads the adapter from this folder under {@code name:}, by default the pipeline's
     * name. Septet compares the server's answers with the trained model's before the name changes. This needs
     * {@code method lora()} or {@code qlora()}.
     */
    @Example("vllm('models/vllm')")
    public TargetSpec vllm(
            @PathTo(PathTo.Place.OUTPUT) @Example("'models/vllm'") String path,
            @Option @Example("'cluster'") @Nullable String endpoint,
            @Option @Example("'tuned'") @Nullable String name) {
        return new VllmSpec(path, endpoint, name);
    }

    /** A folder with a GGUF and the arguments for llama.cpp's server. */
    @Example("llamacpp('models/llamacpp')")
    public TargetSpec llamacpp(@PathTo(PathTo.Place.OUTPUT) @Example("'models/llamacpp'") String path) {
        return new LlamacppSpec(path);
    }

    /** A prefix in an S3 bucket. The access keys come from the worker's environment. */
    @Example("s3('s3://models/tuned', region: 'eu-central-1')")
    public TargetSpec s3(
            @Example("'s3://models/tuned'") String uri,
            @Option @Example("'https://s3.example.com'") @Nullable String endpoint,
            @Option @Example("'eu-central-1'") @Nullable String region) {
        return new S3Spec(uri, endpoint, region);
    }

    /** A folder laid out as a repository of the Hugging Face Hub, with its model card. */
    @Example("huggingface('models/hub')")
    public TargetSpec huggingface(@PathTo(PathTo.Place.OUTPUT) @Example("'models/hub'") String path) {
        return new HuggingfaceSpec(path);
    }

    /** A folder in the OCI image layout, which container registries accept. */
    @Example("oci('models/image')")
    public TargetSpec oci(@PathTo(PathTo.Place.OUTPUT) @Example("'models/image'") String path) {
        return new OciSpec(path);
    }

    /**
     * Sends a share of the requests to a new model first, for the time {@code hold:}. The new model replaces the old
     * one if it answered at least {@code minRequests:} requests and exceeds no limit. Otherwise the old model stays.
     * Its rates of failed requests, refused answers and negative feedback may exceed the old model's by at most
     * {@code maxErrors:}, {@code maxRefusals:} and {@code maxNegative:}. Its median response time may exceed the old
     * one's by at most {@code maxSlower:}. The median answer lengths may differ by at most {@code maxLengthChange:}.
     * With {@code probe:}, both models answer the prompts of a dataset file through the server. A new model that
     * scores lower on them is rolled back at once. Needs an {@code http} target. The defaults are {@code hold:
     * 30.minutes}, {@code minRequests: 50}, {@code maxErrors: 2.percent}, {@code maxRefusals: 5.percent},
     * {@code maxNegative: 10.percent}, {@code maxSlower: 100.percent} and {@code maxLengthChange: 200.percent}.
     */
    @Example("canary 10.percent, hold: 30.minutes")
    public void canary(
            @Example("10.percent") Percent share,
            @Option @Example("30.minutes") @Nullable Duration hold,
            @Option @Example("50") @Nullable Integer minRequests,
            @Option @Example("2.percent") @Nullable Percent maxErrors,
            @Option @Example("5.percent") @Nullable Percent maxRefusals,
            @Option @Example("10.percent") @Nullable Percent maxNegative,
            @Option @Example("100.percent") @Nullable Percent maxSlower,
            @Option @Example("200.percent") @Nullable Percent maxLengthChange,
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/probe.jsonl'") @Nullable String probe) {
        canary = new CanarySpec(
                share.fraction(),
                hold == null ? CanarySpec.DEFAULT_HOLD : hold,
                minRequests == null ? CanarySpec.DEFAULT_MIN_REQUESTS : minRequests,
                fraction(maxErrors, CanarySpec.DEFAULT_MAX_ERRORS),
                fraction(maxRefusals, CanarySpec.DEFAULT_MAX_REFUSALS),
                fraction(maxNegative, CanarySpec.DEFAULT_MAX_NEGATIVE),
                fraction(maxSlower, CanarySpec.DEFAULT_MAX_SLOWER),
                fraction(maxLengthChange, CanarySpec.DEFAULT_MAX_LENGTH_CHANGE),
                probe);
    }

    private static double fraction(@Nullable Percent share, double standard) {
        return share == null ? standard : share.fraction();
    }

    /**
     * People who must approve the model before it is published: {@code quorum:} people (1 by default) of the role
     * {@code from:}, who answer {@code within:} the time (24 hours by default).
     */
    @Example("approval from: 'ml-oncall', within: 24.hours")
    public void approval(
            @Option @Example("'ml-oncall'") String from,
            @Option @Example("24.hours") @Nullable Duration within,
            @Option @Example("1") @Nullable Integer quorum) {
        approval = new ApprovalSpec(
                from,
                within == null ? ApprovalSpec.DEFAULT_WITHIN : within,
                quorum == null ? ApprovalSpec.DEFAULT_QUORUM : quorum);
    }

    /**
     * A guard before and after the served model: {@code model(...)} of the engine, or {@code openai(...)} of a service.
     * {@code style:} and {@code threshold:} mean the same as in {@code safety}. {@code on:} is what the guard judges: the
     * user's message, the model's answer, or both; both by default. {@code action:} is what happens to an unsafe one;
     * {@code refuse} by default. {@code refusal:} is the text that the client gets instead. {@code categories:} are the
     * categories that count; all by default. Needs an {@code http} target.
     */
    @Example("guard model('models/guard'), on: [input, output]")
    public void guard(
            SafetySpec.Model judge,
            @Option SafetySpec.@Nullable Style style,
            @Option @Example("0.5") @Nullable Double threshold,
            @Option @Example("[input, output]") @Nullable List<ServingGuardSpec.Side> on,
            @Option ServingGuardSpec.@Nullable Action action,
            @Option @Example("'I cannot help with that.'") @Nullable String refusal,
            @Option @Example("['S1', 'S2']") @Nullable List<String> categories) {
        ServingGuardSpec.Action then = action == null ? ServingGuardSpec.DEFAULT_ACTION : action;
        boolean standard = refusal == null && then == ServingGuardSpec.Action.REFUSE;
        guard = new ServingGuardSpec(
                new SafetySpec.Guard(judge, style, threshold),
                on == null ? ServingGuardSpec.DEFAULT_ON : on,
                then,
                standard ? ServingGuardSpec.DEFAULT_REFUSAL : refusal,
                categories == null ? List.of() : categories);
    }

    DeploySpec spec() {
        return new DeploySpec(quantize, targets, canary, approval, guard, exam, policy());
    }
}
