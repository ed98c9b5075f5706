package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.EarlierVersions;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.forget.ErasurePlan;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.quota.TeamShare;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.train.LearningRateChange;
import dev.septet.workflows.train.SteeringAnswer;
import dev.septet.workflows.train.TrainStatus;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.metadata.POJOWorkflowImplMetadata;
import io.temporal.common.metadata.POJOWorkflowMethodMetadata;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories of released workflow code replay on today's. The version in the name of a folder wrote its histories, and they never change
 * afterwards. {@code -Dgolden.update=true} writes those of the version in the pom that are missing; {@code .ci/record-histories} does
 * that for a release. To write a history of an unreleased version again, delete its file, if the change is meant to break runs in
 * flight.
 */
class HistoryReplayTest {
    private static final Path HISTORIES = Path.of("src/test/resources/histories");
    private static final List<String> STAGES = List.of("prepare", "initialize", "setup", "train", "evaluate", "deploy");

    /** Workflow types of which every release has a history. */
    private static final List<String> TYPES = List.of(
            "Pipeline",
            "Prepare",
            "Initialize",
            "TrainCandidate",
            "Setup",
            "Trial",
            "Train",
            "Evaluate",
            "Deploy",
            "Monitor",
            "Forget");

    /** Releases whose histories must be there; runs and monitors of older ones have ended or moved on. */
    private static final int RELEASES = 3;

    // A replay asks no server, and a server takes longer to start than a replay takes.
    private static Stack plain;
    private static Stack encoding;
    private static TestWorkflowEnvironment server;
    private static Worker versioned;

    @BeforeAll
    static void start() {
        plain = new Stack(600);
        encoding = new Stack(600, MaskingCodec.host());
        server = TestWorkflowEnvironment.newInstance(Stack.options().build());
        versioned = server.newWorker(
                TaskQueues.LIGHT,
                WorkerOptions.newBuilder()
                        .setDefaultDeadlockDetectionTimeout(Stack.PATIENCE_MILLIS)
                        .build());
        versioned.registerWorkflowImplementationTypes(SeptetWorkflows.versionedTypes());
    }

    @AfterAll
    static void stop() {
        plain.close();
        encoding.close();
        server.close();
    }

    static Stream<Path> histories() throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            record();
        }
        try (Stream<Path> files = Files.walk(HISTORIES, 2)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        }
    }

    static Stream<Path> movingHistories() throws IOException {
        return histories().filter(file -> file.getFileName().toString().matches("(monitor|forget).*"));
    }

    /** The newest releases of the changelog, the newest first. */
    private static List<String> releases() throws IOException {
        return EarlierVersions.releases().stream().limit(RELEASES).toList();
    }

    @Test
    void everyReleaseHasHistories() throws IOException {
        Set<String> versions = new TreeSet<>(releases());
        versions.add(EarlierVersions.present());
        for (String version : versions) {
            Path folder = HISTORIES.resolve(version);
            assertThat(folder)
                    .as("the histories of %s; .ci/record-histories writes those of the version in the pom", version)
                    .isDirectory();
            Set<String> types = new TreeSet<>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    types.add(WorkflowExecutionHistory.fromJson(Files.readString(file))
                            .getHistory()
                            .getEvents(0)
                            .getWorkflowExecutionStartedEventAttributes()
                            .getWorkflowType()
                            .getName());
                }
            }
            assertThat(types).as("workflows of %s", version).containsAll(TYPES);
            if (version.equals(EarlierVersions.present())) {
                assertThat(types).as("registered types").containsAll(registered());
            }
        }
        try (Stream<Path> files = Files.list(HISTORIES)) {
            assertThat(files.filter(Files::isRegularFile))
                    .as("histories that name no version")
                    .isEmpty();
        }
    }

    private static List<String> registered() {
        return Arrays.stream(SeptetWorkflows.types())
                .flatMap(type -> POJOWorkflowImplMetadata.newInstance(type).getWorkflowMethods().stream())
                .map(POJOWorkflowMethodMetadata::getName)
                .toList();
    }

    /** Monitors and erasures move to a new version in the middle of their histories. */
    @ParameterizedTest
    @MethodSource("movingHistories")
    void replaysOnWorkersWithAVersion(Path history) throws IOException {
        replay(history, versioned);
    }

    @ParameterizedTest
    @MethodSource("histories")
    void replays(Path history) throws IOException {
        replay(history, plain.worker);
    }

    /** Runs of a host that began when its payloads were plain. */
    @ParameterizedTest
    @MethodSource("histories")
    void replaysInAHostThatEncodesPayloads(Path history) throws IOException {
        replay(history, encoding.worker);
    }

    private static void replay(Path history, Worker worker) throws IOException {
        String json = Files.readString(history);
        assertThatCode(() -> WorkflowReplayer.replayWorkflowExecution(WorkflowExecutionHistory.fromJson(json), worker))
                .doesNotThrowAnyException();
    }

    @Test
    void thereIsOneForEveryStageAndFailurePath() throws IOException {
        try (Stream<Path> files = Files.walk(HISTORIES, 2)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains(
                            "pipeline.json",
                            "prepare.json",
                            "initialize.json",
                            "setup.json",
                            "trial.json",
                            "train.json",
                            "evaluate.json",
                            "deploy.json",
                            "monitor.json",
                            "pipeline-gate-failed.json",
                            "pipeline-train-failed.json",
                            "deploy-canary-promoted.json",
                            "deploy-canary-rolled-back.json",
                            "train-failed.json",
                            "train-steered.json",
                            "pipeline-resumed.json",
                            "pipeline-of-pipelines.json",
                            "pipeline-notified.json",
                            "monitor-notified.json",
                            "pipeline-tracked.json",
                            "pipeline-tracker-away.json",
                            "pipeline-scheduled.json",
                            "monitor-turns.json",
                            "monitor-failing.json",
                            "monitor-light.json",
                            "monitor-reading.json",
                            "pipeline-scheduled-no-go.json",
                            "deploy-shared-store.json",
                            "monitor-shared-store.json",
                            "prepare-shared-store.json",
                            "prepare-shards.json",
                            "pipeline-quota-wait.json",
                            "pipeline-candidates-quota-wait.json",
                            "pipeline-folds.json",
                            "pipeline-fold-failed.json",
                            "pipeline-candidates.json",
                            "pipeline-candidates-trained.json",
                            "candidate-training.json",
                            "candidate-left-out.json",
                            "pipeline-approved.json",
                            "pipeline-reported.json",
                            "pipeline-reported-no-go.json",
                            "deploy-approved.json",
                            "deploy-rejected.json",
                            "deploy-expired.json",
                            "forget.json",
                            "forget-refused.json",
                            "forget-not-retrained.json");
        }
    }

    private static void record() throws IOException {
        try (Stack stack = new Stack(600)) {
            PipelineReport report = stack.run("hello");
            String run = java.util.Objects.requireNonNull(report.run()).runId();
            stack.activities.driftAtWindow = window -> window == 3;
            stack.server.sleep(Duration.ofDays(2));
            write(stack, "hello", "pipeline");
            for (String stage : STAGES) {
                write(stack, "hello/" + run + "/" + stage, stage);
            }
            write(stack, "hello/" + run + "/setup/0", "trial");
            write(stack, "hello/monitor", "monitor");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            fail(stack);
            write(stack, "hello", "pipeline-gate-failed");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.trainFailure = FailureType.BACKEND_FAILED.of("the engine stopped");
            String run = fail(stack);
            write(stack, "hello", "pipeline-train-failed");
            write(stack, "hello/" + run + "/train", "train-failed");
        }
        recordSteering();
        recordApprovals();
        recordCanary(false, "deploy-canary-promoted");
        recordCanary(true, "deploy-canary-rolled-back");
        recordResumption();
        recordNotices();
        recordTracking();
        recordSources();
        recordTurns();
        recordWatchers();
        recordSharedStore();
        recordForgetting();
        recordShards();
        recordFolds();
        recordCandidates();
        recordSearch();
        recordPages();
        recordQuotas();
    }

    /** A search with rungs, whose trials answer in another order than they began in. */
    private static void recordSearch() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.searched.plan = FakeSearch.plan(9, List.of(9, 3, 1), 30);
            stack.activities.searched.delay = trial -> 40L * (8 - trial.number());
            stack.activities.spec = Specs.searching();
            PipelineReport report = stack.run("hello");
            String run = java.util.Objects.requireNonNull(report.run()).runId();
            write(stack, "hello/" + run + "/setup", "setup-rungs");
            write(stack, "hello/" + run + "/setup/5/1", "trial-rung");
        }
    }

    /** Waits for a quota: before a training while the quotas are not known at first, and before trainings of candidates. */
    private static void recordQuotas() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.share = new TeamShare(2, true);
            stack.activities.quotas.damaged = 2;
            stack.run("hello");
            write(stack, "hello", "pipeline-quota-wait");
        }
        try (Stack stack = CandidateTrainingTest.stack(600)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 1.4, "models/b", 0.7));
            stack.activities.share = new TeamShare(1, true);
            stack.run("hello");
            write(stack, "hello", "pipeline-candidates-quota-wait");
        }
    }

    /** Runs with a page and a memo, published and refused. */
    private static void recordPages() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");
            write(stack, "hello", "pipeline-reported");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            fail(stack);
            write(stack, "hello", "pipeline-reported-no-go");
        }
    }

    /** A cross-validation beside the final training, and one whose fold fails. */
    private static void recordFolds() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.folds(3);
            stack.run("hello");
            write(stack, "hello", "pipeline-folds");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.folds(2);
            stack.activities.trainFailure = FailureType.BACKEND_FAILED.of("the engine stopped");
            fail(stack);
            write(stack, "hello", "pipeline-fold-failed");
        }
    }

    /** A choice by the exam of untrained models, and one by short trainings of which one fails. */
    private static void recordCandidates() throws IOException {
        try (Stack stack = CandidatesTest.stack(600)) {
            stack.activities.candidates.refused.put("models/a", "require licence: the model's licence is mit");
            stack.activities.candidates.bits.putAll(Map.of("models/b", 2.5, "models/c", 1.5));
            stack.run("hello");
            write(stack, "hello", "pipeline-candidates");
        }
        try (Stack stack = CandidateTrainingTest.stack(600)) {
            stack.activities.candidates.trained.put("models/a", 0.9);
            stack.activities.candidates.failures.put("models/b", CandidateTrainingTest.outOfMemory());
            String run =
                    java.util.Objects.requireNonNull(stack.run("hello").run()).runId();
            write(stack, "hello", "pipeline-candidates-trained");
            write(stack, "hello/" + run + "/initialize/candidate-0", "candidate-training");
            write(stack, "hello/" + run + "/initialize/candidate-1", "candidate-left-out");
        }
    }

    /** An erasure that waits for a run, one with two pipelines, and one that an old version stops. */
    private static void recordForgetting() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.others.put("others", Specs.minimal());
            stack.activities.forget.open.add(List.of("hello"));
            stack.activities.forget.retrain =
                    List.of(new ErasurePlan.Retrained("hello", 3), new ErasurePlan.Retrained("others", 0));
            WorkflowStub forget = ForgetWorkflowTest.start(stack);
            forget.getResult(ErasureReport.class);
            write(stack, forget, "forget");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.forget.served = List.of("version abc of hello serves");
            WorkflowStub refused = ForgetWorkflowTest.start(stack);
            assertThatThrownBy(() -> refused.getResult(ErasureReport.class));
            write(stack, refused, "forget-refused");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            WorkflowStub refused = ForgetWorkflowTest.start(stack);
            assertThatThrownBy(() -> refused.getResult(ErasureReport.class));
            write(stack, refused, "forget-not-retrained");
        }
    }

    /** Rows that are cleaned in shards, two at once. */
    private static void recordShards() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.sharded(2);
            String run =
                    java.util.Objects.requireNonNull(stack.run("hello").run()).runId();
            write(stack, "hello/" + run + "/prepare", "prepare-shards");
        }
    }

    /** Work that is bound to the host of a pipeline's files. */
    private static void recordSharedStore() throws IOException {
        try (Stack stack = Stack.shared("attic")) {
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(7));
            WorkflowStub learning = stack.pipeline("learning");
            learning.start(PipelineRequest.named("hello")
                    .retraining(new Retraining(Trigger.FEEDBACK, "3 rows", null, null, 3)));
            learning.getResult(PipelineReport.class);
            String run = stack.status("learning").runId();
            write(stack, "hello/" + run + "/prepare", "prepare-shared-store");
            write(stack, "hello/" + run + "/deploy", "deploy-shared-store");
            write(stack, "hello/monitor", "monitor-shared-store");
        }
    }

    /** Checks that fail and work again, and a verdict that is a schedule's result. */
    private static void recordWatchers() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.telling(Specs.complete());
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(1));
            stack.activities.lookFailure = FailureType.CHECKPOINT_CORRUPT.of("a bit has flipped");
            stack.server.sleep(Duration.ofHours(13));
            stack.activities.lookFailure = null;
            stack.server.sleep(Duration.ofHours(7));
            write(stack, "hello/monitor", "monitor-failing");
        }
        try (Stack stack = new Stack(600)) {
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(13));
            write(stack, "hello/monitor", "monitor-light");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.reading();
            stack.activities.rows = 99;
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(7));
            stack.activities.rows = 100;
            stack.server.sleep(Duration.ofHours(7));
            write(stack, "hello/monitor", "monitor-reading");
        }
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            WorkflowStub scheduled = stack.pipeline("by-schedule");
            scheduled.start(PipelineRequest.named("hello")
                    .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1)));
            scheduled.getResult(PipelineReport.class);
            write(stack, scheduled, "pipeline-scheduled-no-go");
        }
    }

    /** A scheduled run that waits for a retraining's end, and drift days later. */
    private static void recordTurns() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec =
                    Specs.retrained(new CanarySpec(0.1, Duration.ofHours(3), 50, 0.02, 0.05, 0.1, 1, 2));
            stack.run("hello");
            stack.activities.champion = "c".repeat(64);
            stack.activities.driftAtWindow = window -> window >= 18;
            stack.activities.canary = trial -> new CanaryReading(500, 60, List.of());
            WorkflowStub retraining = stack.pipeline("hello/retrain");
            retraining.start(PipelineRequest.named("hello"));
            stack.server.sleep(Duration.ofMinutes(30));
            WorkflowStub scheduled = stack.pipeline("by-schedule");
            scheduled.start(PipelineRequest.named("hello")
                    .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1)));
            stack.server.sleep(Duration.ofDays(5));
            write(stack, scheduled, "pipeline-scheduled");
            write(stack, "hello/monitor", "monitor-turns");
        }
    }

    private static void recordSources() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.from("hello", "tickets");
            stack.activities.others.put("tickets", Specs.from("tickets", "raw"));
            stack.activities.others.put("raw", Specs.from("raw", null));
            stack.run("hello");
            write(stack, "hello", "pipeline-of-pipelines");
        }
    }

    private static void recordTracking() throws IOException {
        for (boolean away : List.of(false, true)) {
            try (Stack stack = new Stack(600)) {
                stack.activities.spec = Specs.tracked(Specs.minimal());
                stack.activities.tracks.away = away;
                stack.run("hello");
                write(stack, "hello", away ? "pipeline-tracker-away" : "pipeline-tracked");
            }
        }
    }

    private static void recordNotices() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.telling(Specs.complete());
            stack.activities.driftAtWindow = window -> window >= 1;
            stack.activities.notices.broken = true;
            stack.run("hello");
            stack.server.sleep(Duration.ofDays(1));
            write(stack, "hello", "pipeline-notified");
            write(stack, "hello/monitor", "monitor-notified");
        }
    }

    private static void recordResumption() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.asking(1);
            stack.activities.earlier.report = stack.made();
            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello").resuming(new Resume("hello", "run-1", "evaluate")));
            await().until(() -> stack.status("hello").waiting() != null);
            answer(stack, "approve", "Anna");
            run.getResult(PipelineReport.class);
            write(stack, "hello", "pipeline-resumed");
        }
    }

    private static void recordApprovals() throws IOException {
        try (Stack stack = new Stack(600)) {
            WorkflowStub run = ask(stack);
            answer(stack, "approve", "Anna");
            answer(stack, "approve", "Ben");
            run.getResult(PipelineReport.class);
            write(stack, "hello", "pipeline-approved");
            write(stack, stack.stage("hello", Stage.DEPLOY), "deploy-approved");
        }
        try (Stack stack = new Stack(600)) {
            WorkflowStub run = ask(stack);
            answer(stack, "approve", "Anna");
            answer(stack, "reject", "Ben");
            assertThatThrownBy(() -> run.getResult(PipelineReport.class));
            write(stack, stack.stage("hello", Stage.DEPLOY), "deploy-rejected");
        }
        try (Stack stack = new Stack(600)) {
            WorkflowStub run = ask(stack);
            assertThatThrownBy(() -> run.getResult(PipelineReport.class));
            write(stack, stack.stage("hello", Stage.DEPLOY), "deploy-expired");
        }
    }

    private static WorkflowStub ask(Stack stack) {
        stack.activities.spec = Specs.asking(2);
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));
        await().until(() -> stack.status("hello").waiting() != null);
        return run;
    }

    private static void answer(Stack stack, String update, String by) {
        stack.stage("hello", Stage.DEPLOY)
                .update(
                        update,
                        AnswerTaken.class,
                        new ApprovalDecision(by, "ml-oncall", "e".repeat(64), "0".repeat(64), null));
    }

    private static void recordCanary(boolean harm, String name) throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.tried(Duration.ofSeconds(4));
            stack.activities.champion = "c".repeat(64);
            stack.activities.canary = trial -> new CanaryReading(
                    500,
                    60,
                    List.of(new CanaryFinding(
                            "failed requests", 0, 0.5, harm && trial.elapsedSeconds() > 1, harm, "it fails")));
            String run = harm
                    ? fail(stack)
                    : java.util.Objects.requireNonNull(stack.run("hello").run()).runId();
            write(stack, "hello/" + run + "/deploy", name);
        }
    }

    private static void recordSteering() throws IOException {
        try (Stack stack = new Stack(600)) {
            stack.activities.steering.training = true;
            WorkflowStub pipeline = stack.pipeline("hello");
            pipeline.start(PipelineRequest.named("hello"));
            await().until(() -> !stack.activities.trained.isEmpty());
            WorkflowStub train = stack.training("hello");
            train.update("setLearningRate", SteeringAnswer.class, new LearningRateChange(1e-4, null));
            train.update("pause", SteeringAnswer.class);
            await().until(() -> stack.trainStatus(train).state() == TrainStatus.State.PAUSED);
            train.update("resume", SteeringAnswer.class);
            train.update("stopEarly", SteeringAnswer.class);
            pipeline.getResult(PipelineReport.class);
            write(stack, train, "train-steered");
        }
    }

    private static void write(Stack stack, WorkflowStub workflow, String name) throws IOException {
        write(stack, workflow.getExecution().getWorkflowId(), name);
    }

    private static String fail(Stack stack) {
        try {
            stack.run("hello");
            throw new AssertionError("the run was meant to fail");
        } catch (WorkflowFailedException expected) {
            return stack.status("hello").runId();
        }
    }

    private static void write(Stack stack, String workflowId, String name) throws IOException {
        Path file = HISTORIES.resolve(EarlierVersions.present()).resolve(name + ".json");
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(
                file, stack.server.getWorkflowClient().fetchHistory(workflowId).toJson(true) + "\n");
    }
}
