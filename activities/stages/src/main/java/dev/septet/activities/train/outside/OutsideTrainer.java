package dev.septet.activities.train.outside;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.DeclaredOption;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trainer as the operator declares it.
 *
 * @param command program and arguments; no shell reads them
 * @param methods words of the fine-tuning methods that it trains, such as {@code lora}
 * @param objectives words of its training objectives
 * @param environment additional environment variables
 * @param folder working folder, null = the run folder
 * @param grace time between SIGTERM and SIGKILL
 * @param orphan time without a worker after which the supervisor ends the trainer
 * @param silence time without metrics or a checkpoint after which the trainer counts as hung
 * @param version increased by the operator when the program changes behind the same command
 * @param options what a pipeline file may set, by name
 * @param images container images that it may run in; the only one, when a pipeline has chosen it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OutsideTrainer(
        String name,
        List<String> command,
        List<String> methods,
        List<String> objectives,
        Map<String, String> environment,
        @Nullable String folder,
        Duration grace,
        Duration orphan,
        Duration silence,
        int version,
        Map<String, DeclaredOption> options,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> images) {
    /** Variables of this process that a trainer gets. None of them holds a secret. */
    private static final List<String> PASSED = List.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR");

    /** Beginnings of the names of variables for libraries, threads and devices. */
    private static final List<String> PASSED_GROUPS =
            List.of("LC_", "LD_LIBRARY_", "OMP_", "GOMP_", "KMP_", "MKL_", "CUDA_", "NVIDIA_", "NCCL_", "SLURM_");

    static final Duration GRACE = Duration.ofSeconds(30);
    static final Duration ORPHAN = Duration.ofMinutes(5);
    static final Duration SILENCE = Duration.ofMinutes(30);

    public OutsideTrainer {
        command = List.copyOf(command);
        methods = List.copyOf(methods);
        objectives = List.copyOf(objectives);
        environment = new TreeMap<>(environment);
        options = new TreeMap<>(options);
        images = List.copyOf(images);
    }

    /**
     * Its part of a training's key: another declaration may give another result. Its times do not change
     * the result.
     */
    public String fingerprint() {
        try {
            OutsideTrainer same = new OutsideTrainer(
                    name,
                    command,
                    methods,
                    objectives,
                    environment,
                    folder,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    version,
                    options,
                    images);
            return "trainer %s %s".formatted(name, Sha256.of(SpecJson.mapper().writeValueAsString(same)));
        } catch (IOException e) {
            throw new UncheckedIOException("a declaration is plain JSON", e);
        }
    }

    /**
     * The trainer as a pipeline uses it.
     *
     * @param image its container image; null = it runs in none
     */
    public OutsideTrainer in(@Nullable String image) {
        return new OutsideTrainer(
                name,
                command,
                methods,
                objectives,
                environment,
                folder,
                grace,
                orphan,
                silence,
                version,
                options,
                image == null ? List.of() : List.of(image));
    }

    /** The folder in which the program starts. */
    public Path workingFolder(TrainerFolder run) {
        return folder == null ? run.root() : Path.of(folder);
    }

    /** Removes from an environment what a trainer must not get, and adds what its declaration has. */
    public void restrict(Map<String, String> inherited) {
        inherited
                .keySet()
                .removeIf(
                        name -> !PASSED.contains(name) && PASSED_GROUPS.stream().noneMatch(name::startsWith));
        inherited.putAll(environment);
    }

    /**
     * The options with their defaults.
     *
     * @throws StageProblem INVALID_PIPELINE when the file sets an unknown option or a wrong value, or lacks one
     */
    public SortedMap<String, Object> options(CommandTrainerSpec used) {
        List<String> problems = new ArrayList<>();
        SortedMap<String, Object> all = new TreeMap<>();
        used.options().forEach((option, value) -> {
            DeclaredOption declared = options.get(option);
            String objection = declared == null
                    ? "is not an option of this trainer; it has %s"
                            .formatted(options.isEmpty() ? "none" : String.join(", ", options.keySet()))
                    : declared.objection(value);
            if (objection == null) {
                all.put(option, value);
            } else {
                problems.add("%s: %s".formatted(option, objection));
            }
        });
        options.forEach((option, declared) -> {
            if (!used.options().containsKey(option)) {
                if (declared.standard() == null) {
                    problems.add("%s: is required".formatted(option));
                } else {
                    all.put(option, declared.standard());
                }
            }
        });
        if (!problems.isEmpty()) {
            throw StageProblem.invalid(
                    "train: by %s: %s; correct the options in the pipeline file, or ask the operator to declare them"
                            .formatted(used.written(), String.join("; ", problems)));
        }
        return all;
    }

    /**
     * Checks a training against what this trainer can do.
     *
     * @throws StageProblem INVALID_PIPELINE naming the first part that it cannot do
     */
    public void check(TrainSpec train) {
        CommandTrainerSpec used = ((OutsideTrainerSpec) Objects.requireNonNull(train.by())).command();
        options(used);
        String method = word(train.method());
        if (!methods.contains(method)) {
            throw cannot(used, "the method " + method, methods, "methods");
        }
        ObjectiveSpec declared = train.objective();
        String objective = declared == null ? "supervised" : word(declared);
        if (!objectives.contains(objective)) {
            throw cannot(used, "the objective " + objective, objectives, "objectives");
        }
    }

    private static StageProblem cannot(CommandTrainerSpec used, String what, List<String> has, String list) {
        return StageProblem.invalid(
                "train: by %s: the trainer does not declare %s, only %s; change the pipeline file, or add it to `%s:` in the operator's file"
                        .formatted(used.written(), what, String.join(", ", has), list));
    }

    /** The word of a method or an objective in the pipeline language. */
    private static String word(Object spec) {
        return SpecJson.mapper().valueToTree(spec).path("type").asText();
    }
}
