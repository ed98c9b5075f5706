import dev.septet.workers.*;
import dev.septet.workflows.*;

import io.temporal.client.*;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.*;

import java.nio.file.Path;
import java.util.List;

/** A shop's own Temporal worker, with a workflow of its own, to which one line adds Septet. */
public class OrderDesk {
    @WorkflowInterface
    public interface CloseOfDay {
        @WorkflowMethod(name = "CloseOfDay")
        String close(String day);
    }

    /** The shop's own work, and at its end a fine-tuned model. */
    public static class CloseOfDayImpl implements CloseOfDay {
        public String close(String day) {
            var options = ChildWorkflowOptions.newBuilder().setTaskQueue(TaskQueues.LIGHT).build();
            var pipeline = Workflow.newChildWorkflowStub(PipelineWorkflow.class, options);
            var report = pipeline.run(PipelineRequest.named("order-desk"));
            return day + " is closed; model " + report.deployment().artifact().sha256();
        }
    }

    public static void main(String[] arguments) throws Exception {
        var state = new StateFolder(Path.of(arguments[0]));
        var settings = WorkerSettings.of(Role.ALL, state, List.of(Path.of(arguments[1])));
        var profile = ClientConfigProfile.load(); // TEMPORAL_ADDRESS or the CLI's profile
        var stubs = WorkflowServiceStubs.newServiceStubs(profile.toWorkflowServiceStubsOptions());
        var options = WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions());
        options.setPlugins(SeptetPlugin.of(settings));
        var client = WorkflowClient.newInstance(stubs, options.build());
        var factory = WorkerFactory.newInstance(client);
        factory.newWorker("orders").registerWorkflowImplementationTypes(CloseOfDayImpl.class);
        factory.newWorker(TaskQueues.LIGHT);
        factory.newWorker(TaskQueues.TRAINING);
        Runtime.getRuntime().addShutdownHook(new Thread(factory::shutdown));
        factory.start();
    }
}
