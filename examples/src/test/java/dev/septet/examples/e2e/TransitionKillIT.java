package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.examples.traffic.Shift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every process is killed at every transition of the loop, the Temporal server too: what is
 * promoted, and what is rolled back, is what it would have been.
 */
@Tag("nightly")
class TransitionKillIT {
    private static final String NAME = "loop";
    private static final int ROWS = 240;
    private static final int WINDOW = 40;

    /** Passes that together kill each process at each transition begin at this draw. */
    private static final long SEED = Long.getLong("septet.kill.seed", 20261125L);

    @TempDir
    static Path root;

    private static int port;
    private static Path live;
    private static Path deployed;
    private static Path told;
    private static String first;

    /** How what the pipeline learns from changes before it drifts. */
    private interface Change {
        void to(Workspace workspace) throws IOException;
    }

    /** A deployed and watched model that nobody has asked yet: every pass begins here. */
    @BeforeAll
    static void deploy() throws Exception {
        port = Trials.freePort();
        live = root.resolve("live");
        deployed = root.resolve("deployed");
        told = live.resolve("told.jsonl");
        Path tell = Files.createDirectories(live.resolve("commands")).resolve("tell");
        Files.writeString(tell, "#!/bin/sh\nline=$(cat)\nprintf '%s\\n' \"$line\" >>'" + told + "'\n");
        assertThat(tell.toFile().setExecutable(true)).isTrue();
        Files.createFile(told);
        // A detector that reads with the model: the training worker looks, the light one reads it.
        String file = Pipelines.looping(60, port)
                .replace("hold: 30.seconds", "hold: 10.seconds") // there are many passes
                .replace("confirm 1", "confirm 1\n        drift perplexity, rise: 1000.percent")
                .replace("target http", "target directory('out')\n        target http")
                .replace(
                        "pipeline('NAME') {",
                        "pipeline('NAME') { notify command('tell'), on: [finished, failed," + " drifted]");
        Workspace workspace = Workspace.in(live, NAME, ROWS, file);
        try (DevStack stack = stack(workspace)) {
            first = Trials.version(stack.result(stack.begin(NAME), Loop.PATIENCE));
        }
        copy(live, deployed);
    }

    @Test
    void aPromotionIsTheSameWhenAllAreKilledOnTheWay(TestReporter reporter) throws Exception {
        promotions(List.of(KillPlan.everything()), reporter);
    }

    @Test
    void aPromotionIsTheSameWhoeverIsKilledOnTheWay(TestReporter reporter) throws Exception {
        List<KillPlan> plans = KillPlan.halves(SEED);
        assertThat(KillPlan.cells(plans)).isEqualTo(KillPlan.cells(List.of(KillPlan.everything())));
        promotions(plans, reporter);
    }

    @Test
    void aRollBackIsTheSameWhenAllAreKilledOnTheWay(TestReporter reporter) throws Exception {
        LoopOutcome calm = pass(KillPlan.CALM, Workspace::mislabel);
        assertThat(calm.end()).isEqualTo("CanaryFailed");
        assertThat(calm.champion()).startsWith(first);
        whole(calm);
        reporter.publishEntry("killed", "\n" + KillPlan.everything());
        assertThat(pass(KillPlan.everything(), Workspace::mislabel)).isEqualTo(calm);
    }

    private static void promotions(List<KillPlan> plans, TestReporter reporter) throws Exception {
        Change better = workspace -> workspace.write(workspace.text().replace("seed 11", "seed 12"));
        LoopOutcome calm = pass(KillPlan.CALM, better);
        assertThat(calm.end()).isEqualTo("promoted");
        assertThat(calm.champion()).doesNotStartWith(first);
        whole(calm);
        for (KillPlan plan : plans) {
            reporter.publishEntry("killed, seed " + SEED, "\n" + plan);
            assertThat(pass(plan, better)).as("seed %d%n%s", SEED, plan).isEqualTo(calm);
        }
    }

    private static void whole(LoopOutcome calm) {
        assertThat(calm.trial()).isFalse();
        assertThat(calm.retrainings()).isEqualTo(1);
        assertThat(calm.broken()).isEqualTo("null");
    }

    private static LoopOutcome pass(KillPlan plan, Change change) throws Exception {
        Shell.run(root, Map.of(), "rm", "-rf", live.toString());
        copy(deployed, live);
        Workspace workspace = new Workspace(live.resolve(NAME));
        change.to(workspace);
        try (DevStack stack = stack(workspace)) {
            Callers callers = new Callers("http://127.0.0.1:" + port, NAME, live.resolve("state"));
            Trials trials = new Trials(stack, callers, NAME);
            trials.awaitServed(first);
            Loop loop = new Loop(trials, port, WINDOW);
            loop.pass(plan);
            LoopOutcome outcome = LoopOutcome.of(loop, workspace.folder().resolve("out"), told);
            trials.onlyOne(Shift.NONE, outcome.champion().substring(0, 12));
            return outcome;
        }
    }

    private static DevStack stack(Workspace workspace) throws IOException {
        return DevStack.start(
                live.resolve("state"),
                Map.of("SEPTET_NOTIFY_COMMANDS", live.resolve("commands").toString()),
                workspace.folder());
    }

    private static void copy(Path from, Path to) throws Exception {
        Shell.Said said = Shell.run(root, Map.of(), "cp", "-a", from.toString(), to.toString());
        assertThat(said.status()).as(said.all()).isZero();
    }
}
