package dev.septet.activities.evaluate.safety;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds and opens the guards that pipelines name.
 *
 * @param models folders of models, from a path or the Hub
 * @param endpoints services of the operator's file
 */
public record GuardModels(BaseModelFiles models, ModelEndpoints endpoints) {
    /** As this process's environment says. */
    public static GuardModels ofProcess(PipelineFiles files) {
        return new GuardModels(BaseModelFiles.ofProcess(files), ModelEndpoints.of(System.getenv()));
    }

    /** Whether this machine can find the guard: the endpoints of the operator's file may be declared elsewhere only. */
    boolean knows(@Nullable SafetySpec spec) {
        SafetySpec.Guard guard = spec == null ? null : spec.guard();
        return guard == null || guard.model().endpoint() == null || endpoints.declared();
    }

    /**
     * Finds a guard of the safety checks.
     *
     * @throws StageProblem as the other method does
     */
    public FoundGuard find(RunRef run, SafetySpec.Guard guard, Consumer<Progress> progress) throws IOException {
        return find("safety", run, guard, progress);
    }

    /**
     * Finds a guard and checks that its format is known.
     *
     * @param block of the pipeline file that names it, for messages
     * @throws StageProblem INVALID_PIPELINE when it is not, or the model cannot be read; POLICY_DENIED when the operator
     *     does not declare the endpoint or the model
     */
    public FoundGuard find(String block, RunRef run, SafetySpec.Guard guard, Consumer<Progress> progress)
            throws IOException {
        SafetySpec.Model model = guard.model();
        if (model.endpoint() != null) {
            return atEndpoint(block, endpoints, guard);
        }
        return inFolder(
                block,
                guard,
                models.folder(
                        run,
                        new InitializeSpec(
                                model.name(), model.revision(), null, null, null, InitializeSpec.DEFAULT_POLICY),
                        progress));
    }

    /**
     * A guard of a service.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not declare the endpoint or the model
     */
    public static FoundGuard atEndpoint(String block, ModelEndpoints endpoints, SafetySpec.Guard guard) {
        SafetySpec.Model model = guard.model();
        String endpoint = Objects.requireNonNull(model.endpoint());
        SafetySpec.Style style = Objects.requireNonNull(guard.style());
        Map<String, String> parts = new TreeMap<>();
        parts.put("endpoint", endpoint);
        parts.put(
                "address",
                endpoints.allowing(block + ": guard", endpoint, model.name()).address());
        parts.put("model", model.name());
        parts.put("style", style.name());
        return new FoundGuard(guard, null, GuardFormat.of(style), SpecDigest.of(parts));
    }

    /**
     * A guard whose files are in this folder.
     *
     * @throws StageProblem INVALID_PIPELINE when it is none, or its format is not known
     */
    public static FoundGuard inFolder(String block, SafetySpec.Guard guard, Path folder) {
        SafetySpec.Model model = guard.model();
        Map<String, String> parts = new TreeMap<>();
        try {
            ModelConfig.read(folder);
            GuardFormat format = GuardFormat.of(guard.style(), template(folder))
                    .orElseThrow(() -> StageProblem.invalid(
                            "%s: guard: the chat template of '%s' is none of Llama Guard, ShieldGemma or Granite Guardian, so its format is unknown; write `style:`, such as `style: labels` for a guard that Septet trained"
                                    .formatted(block, model.name())));
            if (!format.complete()) {
                throw StageProblem.invalid(
                        "%s: guard: '%s' has no chat template of Granite Guardian, which `style: graniteGuardian` needs; add the model's chat_template.jinja"
                                .formatted(block, model.name()));
            }
            parts.put("model", ModelFolder.open(folder).digest());
            parts.put("style", format.style().name());
            parts.put("threshold", Double.toString(threshold(guard)));
            return new FoundGuard(guard, folder, format, SpecDigest.of(parts));
        } catch (FormatProblem e) {
            throw StageProblem.invalid("%s: guard: %s".formatted(block, e.getMessage()));
        }
    }

    private static @Nullable ChatTemplate template(Path folder) {
        try {
            return ChatTemplate.of(folder);
        } catch (FormatProblem | TemplateProblem none) {
            return null;
        }
    }

    /** From which probability on a text is unsafe. */
    public static double threshold(SafetySpec.Guard guard) {
        Double set = guard.threshold();
        return set == null ? SafetySpec.DEFAULT_THRESHOLD : set;
    }

    /**
     * Opens a guard; the caller closes it.
     *
     * @param precision of a model that the engine runs
     */
    public SafetyGuard open(FoundGuard found, ComputePrecision precision) {
        return open("safety", endpoints, found, precision);
    }

    /** Opens a guard of this block of the pipeline file; the caller closes it. */
    public static SafetyGuard open(
            String block, ModelEndpoints endpoints, FoundGuard found, ComputePrecision precision) {
        Path folder = found.folder();
        if (folder != null) {
            return EngineGuard.open(folder, precision, found.format(), threshold(found.spec()));
        }
        SafetySpec.Model model = found.spec().model();
        return new EndpointGuard(
                EndpointCompletions.of(
                        endpoints, block + ": guard", Objects.requireNonNull(model.endpoint()), model.name()),
                found.format(),
                RequestClock.REAL);
    }
}
