package dev.septet.workers.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.approval.AnswerActivitiesImpl;
import dev.septet.activities.approval.ApprovalSettings;
import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.activities.identity.FakeProvider;
import dev.septet.dsl.pipeline.deploy.ApprovalSpec;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.ui.view.ApprovalQuestion;
import dev.septet.workers.cli.ui.view.ApprovalsView;
import dev.septet.workers.cli.ui.view.UiPage;
import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalGate;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People who answer approvals on the page: page, provider, server and the worker's check of the token are real. */
class UiAnswerTest {
    private static final String MODEL = "e".repeat(64);
    private static final String REPORT = "0".repeat(64);

    @TempDir
    private Path home = Path.of("");

    private final FakeProvider provider = new FakeProvider("llm-leads");
    private final int port = freePort();
    private final TestServer.PortBoundTestServer memory = TestServer.createPortBoundServer(port, true);
    private final WorkflowServiceStubs stubs =
            WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                    .setTarget("127.0.0.1:" + port)
                    .build());
    private final WorkflowClient client = WorkflowClient.newInstance(stubs);
    private final WorkerFactory workers = WorkerFactory.newInstance(client);
    private Captured septet = new Captured(home);

    UiAnswerTest() throws Exception {}

    /** A run whose model is exported. */
    @WorkflowInterface
    public interface Run {
        @WorkflowMethod(name = "Pipeline")
        void run();

        @QueryMethod(name = "status")
        PipelineStatus status();
    }

    public static final class RunImpl implements Run {
        private final String runId = Workflow.getInfo().getRunId();

        @Override
        public void run() {
            Workflow.sleep(Duration.ofDays(1));
        }

        @Override
        public PipelineStatus status() {
            return new PipelineStatus(
                    "desk",
                    runId,
                    "0".repeat(64),
                    List.of(new StageStatus(Stage.DEPLOY, StageStatus.State.RUNNING, "", "desk/deploy")),
                    null);
        }
    }

    /** The gate of the stage {@code deploy}. */
    @WorkflowInterface
    public interface Gate {
        @WorkflowMethod(name = "Deploy")
        List<Approval> deploy(String runId);

        @UpdateMethod(name = "approve")
        AnswerTaken approve(ApprovalDecision answer);

        @UpdateValidatorMethod(updateName = "approve")
        void mayApprove(ApprovalDecision answer);

        @QueryMethod(name = "approval")
        ApprovalStatus approval();
    }

    public static final class GateImpl implements Gate {
        private final ApprovalGate gate;

        @WorkflowInit
        public GateImpl(String runId) {
            gate = new ApprovalGate(
                    new ApprovalSpec("ml-oncall", Duration.ofHours(1), 1),
                    new RunRef("desk", runId, "/srv/desk", "5eed").withTicket("ticket"));
        }

        @Override
        public List<Approval> deploy(String runId) {
            ArtifactRef report = new ArtifactRef("report", REPORT, 1);
            return gate.awaitApprovals(
                    new ArtifactRef("export", MODEL, 1),
                    new EvaluationReport(Verdict.GO, List.of(), report, null, new Origin("key", null, "")));
        }

        @Override
        public AnswerTaken approve(ApprovalDecision answer) {
            return gate.accept(answer, true);
        }

        @Override
        public void mayApprove(ApprovalDecision answer) {
            gate.check(answer);
        }

        @Override
        public ApprovalStatus approval() {
            return gate.status();
        }
    }

    @BeforeEach
    void run() throws Exception {
        Path file = provider.declare(home.resolve("operator.yaml"));
        septet = new Captured(home).with("SEPTET_TRAINERS", file.toString());
        Files.createDirectories(septet.session().state().path());
        new ServerFile(septet.session().state().server())
                .write(new ServerRef("127.0.0.1:" + port, ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null));
        Worker worker = workers.newWorker(TaskQueues.LIGHT);
        worker.registerWorkflowImplementationTypes(RunImpl.class, GateImpl.class);
        worker.registerActivitiesImplementations(
                new AnswerActivitiesImpl(ApprovalSettings.of(Map.of("SEPTET_TRAINERS", file.toString()))));
        workers.start();
        String runId = workflow("Pipeline", "desk").start().getRunId();
        workflow("Deploy", "desk/deploy").start(runId);
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions() // a query before the first task has ended
                .until(() -> status().state() == ApprovalStatus.State.WAITING);
    }

    @AfterEach
    void close() {
        workers.shutdownNow();
        workers.awaitTermination(5, TimeUnit.SECONDS);
        stubs.shutdownNow();
        memory.close();
        provider.close();
    }

    private WorkflowStub workflow(String type, String id) {
        return client.newUntypedWorkflowStub(
                type,
                WorkflowOptions.newBuilder()
                        .setTaskQueue(TaskQueues.LIGHT)
                        .setWorkflowId(id)
                        .build());
    }

    @Test
    void anAnswerIsThePersonsOwnAndSignedByASignInForIt() throws Exception {
        try (UiStart.Running running = new UiStart(UiStart.HOST, 0, null, null).start(septet.session())) {
            PageBrowser anna = new PageBrowser(running);
            anna.signIn();
            assertThat(anna.post("/answer", fields("f".repeat(64))).statusCode())
                    .isEqualTo(303);
            assertThat(anna.get("/approvals").body()).contains("the question is about another model now");

            HttpResponse<String> asked = anna.post("/answer", fields(MODEL));
            assertThat(asked.statusCode()).as(asked.body()).isEqualTo(200);
            assertThat(asked.body())
                    .contains("Approve this model?", "Sign in with 127.0.0.1 and approve", "anna@example.com", MODEL)
                    .contains("seen by &lt;b&gt;Anna");
            String link = link(asked.body());
            assertThat(link).contains("prompt=login", "login_hint=anna%40example.com");
            assertThat(answers()).as("nothing is sent before the sign-in").isEmpty();

            provider.claim(Map.of("email", "ben@example.com"));
            HttpResponse<String> other = anna.visit(link);
            assertThat(other.statusCode()).isEqualTo(403);
            assertThat(other.body())
                    .contains("nothing was sent: ben@example.com signed in for an answer of anna@example.com");
            provider.claim(Map.of("nonce", "of the sign-in to the page"));
            HttpResponse<String> replayed =
                    anna.visit(link(anna.post("/answer", fields(MODEL)).body()));
            assertThat(replayed.statusCode()).isEqualTo(403);
            provider.claim(Map.of("groups", List.of("everybody")));
            HttpResponse<String> left =
                    anna.visit(link(anna.post("/answer", fields(MODEL)).body()));
            assertThat(left.statusCode()).as("the person has left the group").isEqualTo(200);
            assertThat(left.body()).contains("is in none of the groups");
            assertThat(answers()).isEmpty();

            provider.claim(Map.of());
            String good = link(anna.post("/answer", fields(MODEL)).body());
            PageBrowser attacker = new PageBrowser(running);
            assertThat(attacker.visit(good).statusCode())
                    .as("in another browser")
                    .isEqualTo(400);
            HttpResponse<String> sent =
                    anna.visit(link(anna.post("/answer", fields(MODEL)).body()));
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
            assertThat(sent.body())
                    .contains("is approved", "content=\"0;url=/approvals\"")
                    .doesNotContain("eyJ");
            assertThat(answers()).singleElement().satisfies(answer -> {
                assertThat(answer.approver()).isEqualTo("anna@example.com");
                assertThat(answer.signed()).isTrue();
                assertThat(answer.comment()).isEqualTo("seen by <b>Anna");
            });
            assertThat(anna.get("/approvals").body()).contains("is approved");
            anna.post("/answer", fields(MODEL));
            assertThat(anna.get("/approvals").body()).contains("the question is closed, or not asked yet");
        }
    }

    @Test
    void aSignInAfterTheSessionEndedSendsNothing() throws Exception {
        try (UiStart.Running running = new UiStart(UiStart.HOST, 0, null, null).start(septet.session())) {
            PageBrowser anna = new PageBrowser(running);
            anna.signIn();
            String link = link(anna.post("/answer", fields(MODEL)).body());
            anna.post("/sign-out", "");
            HttpResponse<String> late = anna.visit(link);
            assertThat(late.statusCode()).isEqualTo(403);
            assertThat(late.body()).contains("nothing was sent: your session has ended");
            assertThat(answers()).isEmpty();
        }
    }

    @Test
    void theButtonsAreForPeopleOfTheRole() {
        assertThat(shown(Set.of("ml-oncall")))
                .contains("value=\"approve\"", "aria-label=\"Approve desk\"", "aria-label=\"Reject desk\"")
                .contains("and sign in once more for this answer")
                .doesNotContain("These commands answer");
        assertThat(shown(Set.of("ui-act")))
                .contains("You cannot answer here", "<code>ml-oncall</code>", "--sign-in")
                .doesNotContain("value=\"approve\"");
    }

    private static String shown(Set<String> roles) {
        ApprovalQuestion question = new ApprovalQuestion(
                "desk",
                "run-1",
                "desk",
                "ml-oncall",
                1,
                "2026-01-01T00:00:00Z",
                MODEL,
                REPORT,
                List.of(),
                List.of(),
                List.of("septet approve desk"),
                null);
        UiUser user =
                new UiUser("anna", roles.contains("ui-act"), false, "secret", new UiUser.Person(roles, List.of()));
        ApprovalsView view = new ApprovalsView(List.of(question), List.of(), false);
        return PageTemplate.html(
                "ui/approvals.jte",
                "page",
                new UiPage<>("Approvals", UiPage.Place.APPROVALS, user, "", null, null, null, 1, view));
    }

    private ApprovalStatus status() {
        return client.newUntypedWorkflowStub("desk/deploy").query("approval", ApprovalStatus.class);
    }

    private List<Approval> answers() {
        return status().answers();
    }

    private static String fields(String model) {
        return "run=desk&runId=&role=ml-oncall&answer=approve&back=/approvals&comment=seen+by+%3Cb%3EAnna&artifact="
                + model + "&report=" + REPORT;
    }

    private static String link(String page) {
        Matcher link = Pattern.compile("<a class=\"button\" href=\"([^\"]+)\"").matcher(page);
        assertThat(link.find()).as(page).isTrue();
        return link.group(1).replace("&amp;", "&");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
