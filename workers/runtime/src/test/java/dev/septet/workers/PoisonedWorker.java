package dev.septet.workers;

import dev.septet.workflows.payload.FailureTrim;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.util.concurrent.TimeUnit;

/** A worker process whose one activity cannot load a native library. */
final class PoisonedWorker {
    private PoisonedWorker() {}

    /** Loads what is not there, once and for ever. */
    private static final class Native {
        static {
            System.load("/nowhere/libtorch.so");
        }

        static String name() {
            return "loaded";
        }
    }

    public static void main(String[] args) {
        WorkflowClient client = WorkflowClient.newInstance(WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(args[0]).build()));
        WorkerFactory factory = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new WorkerHealthInterceptor(WorkerProcess::end), new FailureTrim())
                        .build());
        Worker worker = factory.newWorker(FailingWork.QUEUE);
        worker.registerWorkflowImplementationTypes(FailingWork.AroundImpl.class);
        worker.registerActivitiesImplementations((FailingWork) Native::name);
        factory.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> WorkerProcess.drain(factory)));
        factory.awaitTermination(1, TimeUnit.HOURS);
    }
}
