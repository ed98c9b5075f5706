package dev.septet.activities.authority;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Proof that a worker read a run's file from its catalogue. It contains the digests of the file's
 * parts, and an authentication code over these digests, the run, its folder and its spec. As text:
 * {@code 1;PART,PART,...;CODE}.
 *
 * @param parts {@code <block>=<digest>}, sorted
 */
record RunTicket(List<String> parts, String code) {
    private static final String VERSION = "1";
    private static final int DIGITS = 32;
    private static final Map<Class<?>, String> WORDS = Map.of(
            PipelineSpec.class, "pipeline",
            PrepareSpec.class, "prepare",
            InitializeSpec.class, "initialize",
            SetupSpec.class, "setup",
            TrainSpec.class, "train",
            EvaluateSpec.class, "evaluate",
            DeploySpec.class, "deploy",
            CanarySpec.class, "canary",
            MonitorSpec.class, "monitor",
            NotifySpec.class, "notify");

    RunTicket {
        parts = List.copyOf(parts);
    }

    /** Creates the ticket of a run whose file contains this spec. */
    static RunTicket of(RunKey key, RunRef run, PipelineSpec spec) {
        TreeSet<String> parts = new TreeSet<>();
        List<@Nullable Object> blocks = new ArrayList<>();
        blocks.add(spec);
        StageGraph.NODES.forEach(node -> blocks.add(node.block().apply(spec)));
        blocks.add(spec.deploy() == null ? null : spec.deploy().canary());
        blocks.addAll(spec.notifications());
        blocks.stream().filter(Objects::nonNull).map(RunTicket::part).forEach(parts::add);
        List<String> sorted = List.copyOf(parts);
        return new RunTicket(sorted, key.mac("ticket", texts(run, sorted)));
    }

    /** Parses a run's ticket; null when the text is not a ticket. */
    static @Nullable RunTicket parse(String text) {
        String[] fields = text.split(";", -1);
        return fields.length == 3 && fields[0].equals(VERSION)
                ? new RunTicket(List.of(fields[1].split(",", -1)), fields[2])
                : null;
    }

    String text() {
        return VERSION + ";" + String.join(",", parts) + ";" + code;
    }

    /** Whether an accepted key created the ticket for this run. */
    boolean fits(RunKey key, RunRef run) {
        return key.made(code, "ticket", texts(run, parts));
    }

    /** The id of the accepted key that created the ticket for this run; null when none did. */
    @Nullable
    String maker(RunKey key, RunRef run) {
        return key.maker(code, "ticket", texts(run, parts));
    }

    /** Whether the run's file contains this block. */
    boolean holds(Object block) {
        return parts.contains(part(block));
    }

    /** The keyword of a block. */
    static String word(Object block) {
        String word = WORDS.get(block.getClass());
        if (word == null) {
            throw new IllegalArgumentException("no block of a pipeline: " + block.getClass());
        }
        return word;
    }

    private static String part(Object block) {
        return word(block) + "=" + SpecDigest.of(block).substring(0, DIGITS);
    }

    private static List<String> texts(RunRef run, List<String> parts) {
        List<String> texts = new ArrayList<>(List.of(
                run.pipeline(),
                run.runId(),
                run.folder(),
                run.specDigest(),
                Objects.requireNonNullElse(run.anewFrom(), "")));
        texts.addAll(parts);
        if (run.team() != null) {
            texts.add("team=" + run.team()); // runs without a team have the code of earlier versions
        }
        return texts;
    }
}
