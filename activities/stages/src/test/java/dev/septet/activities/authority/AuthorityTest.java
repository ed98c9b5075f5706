package dev.septet.activities.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.quota.TeamShare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityTest {
    private static final String FILE = """
        pipeline('desk') {
            prepare    { dataset 'rows.jsonl' }
            initialize { model 'base' }
            train      { method lora(); steps 10 }
            evaluate   { metric exactMatch, above: 0.9 }
            deploy     { target directory('out'); target http { port 8080 }; canary 10.percent, hold: 1.minutes }
            monitor    { every 6.hours; drift psi, on: promptLength, above: 0.2 }
            notify command('page-oncall'), on: failed
        }
        """;
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    @TempDir
    Path folder;

    private Authority authority;
    private ResolvedPipeline run;

    @BeforeEach
    void resolve() throws IOException {
        authority = authority("state");
        run = authority.admitted(resolved("first", served()));
    }

    @Test
    void letsARunDoWhatItsFileSays() throws IOException {
        PipelineSpec spec = throughHistory(run).spec();
        RunRef ref = throughHistory(run).run();
        authority.check(
                ref,
                List.of(
                        spec,
                        spec.prepare(),
                        spec.initialize(),
                        spec.setup(),
                        spec.train(),
                        spec.evaluate(),
                        Objects.requireNonNull(spec.deploy()),
                        Objects.requireNonNull(spec.deploy().canary()),
                        Objects.requireNonNull(spec.monitor()),
                        spec.notifications().get(0)));
        assertThat(Objects.requireNonNull(ref.ticket()).length())
                .as("a ticket goes with every request")
                .isLessThan(700);
    }

    /** Old and new workers side by side: the key changes in the middle of a run, and what either signed is accepted by both. */
    @Test
    void acceptsWhatAnEarlierKeySignedUntilItIsRemoved() throws IOException {
        RunKey operator = RunKey.of(Map.of(), folder.resolve("state"), 0);
        String first = operator.keys().get(0).id();
        assertThat(Authority.ticketKey(operator, run.run())).isEqualTo(first);
        operator.prepare();
        assertThatThrownBy(operator::prepare).hasMessageContaining("has a prepared key already");
        // Another machine gets a copy of the file before the prepared key signs.
        Files.copy(
                operator.file(),
                Files.createDirectories(folder.resolve("other")).resolve("run.key"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Authority other = authority("other");
        operator.activate(77);
        assertThatThrownBy(() -> operator.activate(78)).hasMessageContaining("has no prepared key");
        Authority restarted = authority("state");

        ResolvedPipeline later = authority.admitted(resolved("later", served()));
        assertThat(Authority.ticketKey(operator, later.run()))
                .as("a worker that runs signs with the new key")
                .isEqualTo(operator.keys().get(0).id())
                .isNotEqualTo(first);
        for (Authority worker : List.of(authority, restarted, other)) {
            worker.check(run.run(), List.of());
            worker.check(later.run(), List.of());
            worker.check(other.admitted(resolved("third", served())).run(), List.of());
        }
        assertThat(operator.keys()).extracting(RunKey.Described::retired).containsExactly(null, 77L);

        assertThat(operator.removeRetired()).isEqualTo(1);
        authority.check(later.run(), List.of());
        refused(() -> authority.check(run.run(), List.of()), "or was made with another key");
        refused(() -> restarted.check(run.run(), List.of()), "or was made with another key");
    }

    @Test
    void refusesARunWithoutATicket() {
        refused(
                () -> authority.check(resolved("first", served()).run(), List.of()),
                "run first has no ticket: a stage cannot run alone");
    }

    /** The team decides whose quota a run uses, so nobody may change it after the file was read. */
    @Test
    void refusesAnotherTeam() throws IOException {
        RunRef bare = resolved("first", served()).run();
        ResolvedPipeline counted =
                authority.admitted(new ResolvedPipeline(bare.withTeam("search"), run.spec(), new TeamShare(2, true)));

        assertThat(counted.share()).isEqualTo(new TeamShare(2, true));
        RunRef known = throughHistory(counted).run();
        assertThat(known.team()).isEqualTo("search");
        authority.check(known, List.of());
        refused(() -> authority.check(known.withTeam("ads"), List.of()), "does not match its pipeline");
        refused(
                () -> authority.check(bare.withTicket(Objects.requireNonNull(known.ticket())), List.of()),
                "does not match its pipeline");
    }

    /** A comma too many before the code: no other spelling of a ticket is one. */
    @Test
    void refusesAnotherSpellingOfATicket() {
        RunRef ref = run.run();
        String ticket = Objects.requireNonNull(ref.ticket());
        int code = ticket.lastIndexOf(';');
        String other = ticket.substring(0, code) + "," + ticket.substring(code);
        refused(() -> authority.check(ref.withTicket(other), List.of()), "does not match its pipeline");
    }

    @Test
    void refusesATicketForAnythingElse() {
        RunRef ref = run.run();
        String ticket = Objects.requireNonNull(ref.ticket());
        for (RunRef other : List.of(
                new RunRef("other", ref.runId(), ref.folder(), ref.specDigest()),
                new RunRef(ref.pipeline(), "second", ref.folder(), ref.specDigest()),
                new RunRef(ref.pipeline(), ref.runId(), "/etc", ref.specDigest()),
                new RunRef(ref.pipeline(), ref.runId(), ref.folder(), "0".repeat(64)),
                new RunRef(ref.pipeline(), ref.runId(), ref.folder(), ref.specDigest(), List.of(), "evaluate"))) {
            refused(
                    () -> authority.check(other.withTicket(ticket), List.of()),
                    "the ticket of run %s does not match its pipeline, folder and file".formatted(other.runId()));
        }
        for (String forged : List.of("", ";;", "1;;", ticket + "0", ticket.replace("1;", "2;"))) {
            refused(() -> authority.check(ref.withTicket(forged), List.of()), "the ticket of run first");
        }
    }

    @Test
    void refusesATicketOfAnotherKey() throws IOException {
        Authority stranger = authority("strangers-state");
        refused(() -> stranger.check(run.run(), List.of()), "share the key file that SEPTET_RUN_KEY_FILE names");
    }

    @Test
    void refusesASpecThatTheFileDoesNotSay() {
        PipelineSpec changed = spec(FILE.replace("rows.jsonl", "payroll.jsonl"));
        refused(
                () -> authority.check(run.run(), List.of(changed.prepare())),
                "this is not the `prepare` that run first read from its file");
        refused(
                () -> authority.check(run.run(), List.of(changed)),
                "this is not the `pipeline` that run first read from its file");
        PipelineSpec elsewhere = spec(FILE.replace("directory('out')", "directory('live')"));
        refused(
                () -> authority.check(run.run(), List.of(Objects.requireNonNull(elsewhere.deploy()))),
                "this is not the `deploy` that run first read from its file");
    }

    @Test
    void letsARunUseEachOfItsCandidatesAndNoOtherModel() throws IOException {
        PipelineSpec spec = spec(FILE.replace("model 'base'", "candidates 'small', 'base'"));
        RunRef ref = authority
                .admitted(new ResolvedPipeline(
                        new RunRef("desk", "first", served().toString(), SpecDigest.of(spec)), spec))
                .run();
        InitializeSpec chosen = spec.initialize().using("base", "e".repeat(64));
        authority.check(ref, new PrepareRequest(ref, spec.prepare(), chosen).specs());
        InitializeSpec other = new InitializeSpec(
                "stolen", null, null, null, null, List.of("small", "base", "stolen"), InitializeSpec.DEFAULT_POLICY);
        refused(
                () -> authority.check(ref, new PrepareRequest(ref, spec.prepare(), other).specs()),
                "this is not the `initialize` that run first read from its file");
    }

    @Test
    void refusesAFolderThatThisWorkerDoesNotServe() throws IOException {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        RunRef ref = authority.admitted(resolved("first", outside)).run();
        refused(
                () -> authority.check(ref, List.of()),
                "folder '%s' is not one that this worker serves; it serves %s".formatted(outside, served()));
        Path link = Files.createSymbolicLink(served().resolve("link"), outside);
        refused(() -> authority.checkFolder(resolved("first", link).run()), "folder '");
        authority.checkFolder(
                resolved("first", folder.resolve("of-another-machine")).run());
    }

    @Test
    void publishesOnlyWhatThisRunsGateLetThrough() {
        CheckpointRef trained = trained("c");
        EvaluationReport go = authority.sealed(judging(trained), report(Verdict.GO));
        DeployRequest asked = deploying(trained, go);
        ExportRef export = authority.sealed(asked, export("e"));
        authority.mayPublish(asked, export, List.of());

        refused(
                () -> authority.mayPublish(deploying(trained, report(Verdict.GO)), export, List.of()),
                "the verdict GO is not one that the evaluation of run first gave");
        EvaluationReport no = authority.sealed(judging(trained), report(Verdict.NO_GO));
        EvaluationReport forged = report(Verdict.GO).sealed(no.seal());
        refused(
                () -> authority.mayPublish(deploying(trained, forged), export, List.of()),
                "the verdict GO is not one that");
        refused(
                () -> authority.mayPublish(deploying(trained, no), export, List.of()),
                "the gate of run first has the verdict NO_GO");
        refused(
                () -> authority.mayPublish(deploying(trained("d"), go), export, List.of()),
                "the verdict GO is not one that");
        refused(
                () -> authority.mayPublish(asked, export("f").sealed("" + export.seal()), List.of()),
                "is not what run first exported: nothing is published");
    }

    @Test
    void publishesOnlyWhatThePeopleAgreedTo() throws IOException {
        PipelineSpec asking = spec(FILE.replace("deploy     {", "deploy { approval from: 'ops', quorum: 2;"));
        run = authority.admitted(
                new ResolvedPipeline(new RunRef("desk", "first", served().toString(), SpecDigest.of(asking)), asking));
        CheckpointRef trained = trained("c");
        EvaluationReport go = authority.sealed(judging(trained), report(Verdict.GO));
        DeployRequest asked = deploying(trained, go);
        ExportRef export = authority.sealed(asked, export("e"));
        Approval anna = agreed("anna", "e", true);
        Approval ben = agreed("ben", "e", true);
        authority.mayPublish(asked, export, List.of(anna, ben));

        for (List<Approval> people : List.of(
                List.<Approval>of(),
                List.of(anna),
                List.of(anna, anna),
                List.of(anna, agreed("ben", "f", true)),
                List.of(anna, agreed("ben", "e", false)),
                List.of(anna, named("Ben", anna)),
                List.of(anna, new Approval("ben", "ops", true, "", digest("e"), digest("a"), null)))) {
            refused(
                    () -> authority.mayPublish(asked, export, people),
                    "approvals by ops, but needs 2: nothing is published");
        }
    }

    private static Approval named(String other, Approval of) {
        return new Approval(other, of.role(), true, of.at(), of.artifact(), of.report(), null, true, of.seal());
    }

    private Approval agreed(String person, String model, boolean yes) {
        ApprovalRequest question = new ApprovalRequest("ops", 2, "", digest(model), digest("a"));
        CheckedAnswer checked = authority.sealed(
                new AnswerRequest(
                        run.run(),
                        question,
                        new ApprovalDecision(person, "ops", digest(model), digest("a"), null),
                        yes),
                new CheckedAnswer(person, true, null));
        return new Approval(person, "ops", true, "", digest("e"), digest("a"), null, true, checked.seal());
    }

    private static String digest(String digit) {
        return digit.repeat(64);
    }

    @Test
    void movesAnAliasOnlyToWhatThisRunPublished() {
        CheckpointRef trained = trained("c");
        EvaluationReport go = authority.sealed(judging(trained), report(Verdict.GO));
        DeployRequest asked = deploying(trained, go);
        Publication there = authority.sealed(asked, new Publication(at("e"), List.of(), null, "k"));
        authority.mayMove(asked, there);
        refused(
                () -> authority.mayMove(asked, new Publication(at("f"), List.of(), null, "k", there.seal())),
                "is not what run first published, so no alias and no route was changed");
    }

    @Test
    void takesOverOnlyAVerdictThatTheEarlierRunGave() throws IOException {
        CheckpointRef trained = trained("c");
        EvaluationReport go = authority.sealed(judging(trained), report(Verdict.GO));
        ResolvedPipeline next = authority.admitted(resolved("second", served()));
        PipelineReport results = made(trained, go);

        PipelineReport taken = authority.resealed(next, "first", results);
        EvaluationReport again = Objects.requireNonNull(taken.evaluation());
        assertThat(again.seal()).isNotNull().isNotEqualTo(go.seal());
        authority.mayPublish(
                deploying(next, trained, again),
                authority.sealed(deploying(next, trained, again), export("e")),
                List.of());

        assertThat(authority.resealed(next, "another", results).evaluation()).isNull();
        assertThat(authority
                        .resealed(next, "first", made(trained, go.sealed(null)))
                        .evaluation())
                .isNull();
        assertThat(authority.resealed(next, "first", made(trained("d"), go)).evaluation())
                .isNull();
    }

    private static PipelineReport made(CheckpointRef trained, EvaluationReport report) {
        return new PipelineReport(null, null, null, null, trained, report, null, null, List.of());
    }

    private EvaluateRequest judging(CheckpointRef trained) {
        return new EvaluateRequest(run.run(), run.spec().evaluate(), run.spec().setup(), dataset(), model(), trained);
    }

    private DeployRequest deploying(CheckpointRef trained, EvaluationReport report) {
        return deploying(run, trained, report);
    }

    private static DeployRequest deploying(ResolvedPipeline of, CheckpointRef trained, EvaluationReport report) {
        return new DeployRequest(
                of.run(),
                Objects.requireNonNull(of.spec().deploy()),
                of.spec().setup(),
                dataset(),
                model(),
                trained,
                report);
    }

    private static EvaluationReport report(Verdict verdict) {
        return new EvaluationReport(verdict, List.of(), at("a"), ORIGIN);
    }

    private static ExportRef export(String digit) {
        return new ExportRef(at(digit), 0, null, ChainReport.EMPTY, ORIGIN);
    }

    private static CheckpointRef trained(String digit) {
        return new CheckpointRef(at(digit), true, at("2"), 10, 0.5, 0.6, "steps", ORIGIN);
    }

    private static ModelRef model() {
        return new ModelRef(at("b"), "LlamaForCausalLM", 29_000, 2, "mit", 1000, 1, ORIGIN);
    }

    private static DatasetRef dataset() {
        return new DatasetRef(at("1"), 90, 5, 5, 9000, 4500, null, 120, 1, 2, 3, 0, 0, 0, ORIGIN);
    }

    private static ArtifactRef at(String digit) {
        return new ArtifactRef("septet://" + digit, digit.repeat(64), 1);
    }

    private ResolvedPipeline throughHistory(ResolvedPipeline resolved) throws IOException {
        return SpecJson.mapper().readValue(SpecJson.mapper().writeValueAsBytes(resolved), ResolvedPipeline.class);
    }

    private static ResolvedPipeline resolved(String runId, Path folder) {
        PipelineSpec spec = spec(FILE);
        return new ResolvedPipeline(new RunRef("desk", runId, folder.toString(), SpecDigest.of(spec)), spec);
    }

    private static PipelineSpec spec(String text) {
        Compilation compiled = PipelineCompiler.compile(PipelineSource.of("desk.groovy", text), Map.of());
        return compiled.spec().orElseThrow(() -> new AssertionError(compiled.printed()));
    }

    private Authority authority(String state) throws IOException {
        return new Authority(RunKey.of(Map.of(), folder.resolve(state), 0), List.of(served()));
    }

    private Path served() throws IOException {
        return Files.createDirectories(folder.resolve("served")).toRealPath();
    }

    private static void refused(ThrowingCallable call, String words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StageProblem.class, problem -> {
            assertThat(problem.type()).isEqualTo(FailureType.POLICY_DENIED);
            assertThat(problem.getMessage()).contains(words);
        });
    }
}
