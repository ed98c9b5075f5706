package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.attempt.Failures;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.payload.FailureTrim;
import io.temporal.activity.Activity;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowQueryException;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails is told in full, and a process that is not sound any more ends; on a real server. */
@Tag("long")
@Timeout(240)
class WorkerHealthInterceptorTest {
    /** A task that a poller of the worker before took with it is given out again after ten seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final WorkerHealthInterceptor errors = new WorkerHealthInterceptor(ends::add, nanos::get);

    @TempDir
    private Path folder = Path.of("");

    private RealServer server;
    private WorkerFactory factory;

    @BeforeEach
    void start() throws IOException {
        server = RealServer.start(folder);
        factory = WorkerFactory.newInstance(
                server.connection().client(),
                WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(errors, new FailureTrim())
                        .build());
    }

    @AfterEach
    void stop() {
        factory.shutdownNow();
        factory.awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void aLongChainOfCausesDoesNotHideTheCause() {
        WorkflowExecution run = begin(() -> {
            Exception cause = new IOException("the root of it");
            for (int depth = 0; depth < 60; depth++) {
                cause = new IllegalStateException("row ".repeat(500), cause);
            }
            throw new IllegalStateException("the store does not answer", cause);
        });

        Failure failure = lastFailure(run);

        assertThat(failure.getMessage()).isEqualTo("the store does not answer");
        assertThat(failure.hasServerFailureInfo()).isFalse();
        assertThat(failure.toString()).contains("the root of it");
        assertThat(ends).isEmpty();
    }

    @Test
    void anErrorEndsTheProcessOnceAndIsToldTheServer() {
        WorkflowExecution run = begin(() -> {
            throw new IllegalStateException("wrapped", new UnsatisfiedLinkError("no libtorch"));
        });

        assertThat(lastFailure(run).getMessage())
                .isEqualTo("UnsatisfiedLinkError: no libtorch. The worker's process ends and is" + " started again");
        assertThat(lastFailure(run).getApplicationFailureInfo().getType()).isEqualTo("BackendFailed");
        assertThat(ends).singleElement().asString().contains("Fail", "no libtorch");
    }

    /** A workflow that fails where it is told. */
    @WorkflowInterface
    public interface Failing {
        @WorkflowMethod
        void run(String where);

        @QueryMethod
        String state();

        @SignalMethod
        void tell();

        @UpdateMethod
        void change();

        @UpdateValidatorMethod(updateName = "change")
        void checkChange();
    }

    /** Its classes are not all there. */
    public static final class FailingImpl implements Failing {
        private final String where;

        @WorkflowInit
        public FailingImpl(String where) {
            this.where = where;
            failIn("constructor");
        }

        @Override
        public void run(String where) {
            failIn("method");
            Async.procedure(() -> failIn("thread"));
            Workflow.newTimer(Duration.ofMillis(1)).thenApply(over -> failIn("callback"));
            if (where.equals("stack")) {
                throw new StackOverflowError("a workflow's own");
            }
            Workflow.await(() -> false);
        }

        @Override
        public String state() {
            failIn("query");
            return "";
        }

        @Override
        public void tell() {
            failIn("signal");
        }

        @Override
        public void change() {
            failIn("update");
        }

        @Override
        public void checkChange() {
            failIn("check");
        }

        private boolean failIn(String here) {
            if (where.equals(here)) {
                throw new NoClassDefFoundError("dev/septet/Gone");
            }
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"constructor", "method", "thread", "callback", "signal", "query"})
    void anErrorInAWorkflowsThreadEndsTheProcess(String where) {
        WorkflowStub run = beginFailing(where);
        if (where.equals("signal")) {
            run.signal("tell");
        }
        if (where.equals("query")) {
            assertThatThrownBy(() -> run.query("state", String.class)).isInstanceOf(WorkflowQueryException.class);
        }

        await().atMost(PATIENCE).until(() -> !ends.isEmpty());

        assertThat(ends).containsExactly("a workflow failed with NoClassDefFoundError: dev/septet/Gone");
    }

    /** The SDK makes the thread of such a call without this interceptor. */
    @ParameterizedTest
    @ValueSource(strings = {"signal", "update", "check"})
    void anErrorInACallThatWaitsForTheFirstTaskEndsTheProcess(String where) {
        WorkflowStub run = startFailing(where);
        if (where.equals("signal")) {
            run.signal("tell");
        } else {
            // It has no answer until the server stops.
            new Thread(() -> assertThatThrownBy(() -> run.update("change", Void.class))).start();
        }
        startFailingWorker();

        await().atMost(PATIENCE).until(() -> !ends.isEmpty());

        assertThat(ends).containsExactly("a workflow failed with NoClassDefFoundError: dev/septet/Gone");
    }

    @Test
    void anErrorOfAWorkflowsOwnFailsItsTaskAlone() {
        WorkflowStub run = beginFailing("stack");

        await().atMost(PATIENCE)
                .until(() ->
                        server
                                .connection()
                                .client()
                                .fetchHistory(run.getExecution().getWorkflowId())
                                .getEvents()
                                .stream()
                                .anyMatch(WorkerHealthInterceptorTest::failedTask));
        assertThat(ends).isEmpty();
    }

    private static boolean failedTask(HistoryEvent event) {
        return event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED;
    }

    private WorkflowStub beginFailing(String where) {
        startFailingWorker();
        return startFailing(where);
    }

    private void startFailingWorker() {
        Worker worker = factory.newWorker(FailingWork.QUEUE);
        worker.registerWorkflowImplementationTypes(FailingImpl.class);
        factory.start();
    }

    private WorkflowStub startFailing(String where) {
        WorkflowStub run = server.connection()
                .client()
                .newUntypedWorkflowStub(
                        "Failing",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(FailingWork.QUEUE)
                                .build());
        run.start(where);
        return run;
    }

    @Test
    void findsTheErrorBelowAFailureOfTheList() {
        assertThat(WorkerHealthInterceptor.error(
                        Failures.of(new IllegalStateException(new NoClassDefFoundError("ai/djl/Engine")))))
                .startsWith("NoClassDefFoundError: ");
        assertThat(WorkerHealthInterceptor.error(Failures.of(new OutOfMemoryError("Java heap space"))))
                .startsWith("OutOfMemoryError: ");
        assertThat(WorkerHealthInterceptor.error(Failures.of(new IOException("disk"))))
                .isNull();
    }

    @Test
    void anActivityThatHangsEndsTheProcess() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        begin(() -> {
            Activity.getExecutionContext().heartbeat("step 1");
            begun.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "";
        });
        begun.await();

        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        errors.check();
        errors.check();
        assertThat(ends).isEmpty(); // late, but not longer than the server waits and a while more

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        errors.check();
        assertThat(ends).isEmpty(); // the machine may only have been asleep
        errors.check();
        assertThat(ends).singleElement().asString().contains("no heartbeat for 150 s");
        released.countDown();
    }

    @Test
    void aProcessWithoutItsNativeLibraryEndsAfterItHasSaidSo() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PoisonedWorker.class.getName(),
                        server.connection().server().address())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.out").toFile())
                .start();
        try {
            WorkflowExecution run = start(server.connection().client());

            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(WorkerHealthInterceptor.STATUS);
            assertThat(lastFailure(run).getMessage()).contains("/nowhere/libtorch.so");
        } finally {
            process.destroyForcibly();
        }
    }

    private WorkflowExecution begin(FailingWork work) {
        Worker worker = factory.newWorker(FailingWork.QUEUE);
        worker.registerWorkflowImplementationTypes(FailingWork.AroundImpl.class);
        worker.registerActivitiesImplementations(work);
        factory.start();
        return start(server.connection().client());
    }

    private static WorkflowExecution start(WorkflowClient client) {
        FailingWork.Around around = client.newWorkflowStub(
                FailingWork.Around.class,
                WorkflowOptions.newBuilder().setTaskQueue(FailingWork.QUEUE).build());
        return WorkflowClient.start(around::run);
    }

    private Failure lastFailure(WorkflowExecution run) {
        return await().atMost(PATIENCE)
                .until(() -> failure(run), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<Failure> failure(WorkflowExecution run) {
        return server
                .connection()
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(server.connection().server().namespace())
                        .setExecution(run)
                        .build())
                .getPendingActivitiesList()
                .stream()
                .filter(PendingActivityInfo::hasLastFailure)
                .map(PendingActivityInfo::getLastFailure)
                .findFirst();
    }
}
