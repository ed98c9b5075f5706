package dev.septet.examples.attacks;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.approval.AnswerActivitiesImpl;
import dev.septet.activities.approval.ApprovalSettings;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.SignedText;
import dev.septet.workflows.catalog.ResolvedPipeline;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Forged tickets of runs and forged signed answers of people. None may be accepted as genuine. */
final class TicketTarget implements AttackTarget {
    private static final String TICKET = "ticket.txt";
    private static final String ANSWER = "answer.json";
    private static final List<String> TICKET_PIECES =
            List.of(";", ",", "=", "1", "2", "train=", "prepare=", "0", "\0", "\n", "\u00e9");
    private static final List<String> ANSWER_VALUES = List.of(
            "null",
            "\"\"",
            "\"anna\"",
            "\"bob\"",
            "\"anna@legal\"",
            "\"legal\"",
            "true",
            "false",
            "-1",
            "{}",
            "[]",
            "\"-----BEGIN SSH SIGNATURE-----\"",
            "\"\\n\"",
            "\"--help\"",
            "\"*\"",
            "\"\\u202e\"",
            "\"anna \"",
            "\"\u0430nna\"");

    private final Path home;
    private final Authority authority;
    private final RunRef run;
    private final PipelineSpec spec;
    private final String ticket;
    private final AnswerActivitiesImpl answers;
    private final AnswerRequest signed;
    private final String signedText;

    /**
     * @param home folder for keys
     */
    TicketTarget(Path home) throws IOException, InterruptedException {
        this.home = Files.createDirectories(home);
        spec = PipelineCompiler.compile(PipelineSource.of("fuzz.groovy", """
            pipeline('fuzz') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'model' }
                train { method lora() }
                deploy { target directory('out') }
            }
            """), Map.of())
                .spec()
                .orElseThrow();
        authority = new Authority(RunKey.of(Map.of(), home, 0), List.of(home));
        RunRef bare = new RunRef("fuzz", "run-1", home.toString(), SpecDigest.of(spec));
        run = authority.admitted(new ResolvedPipeline(bare, spec)).run();
        ticket = Objects.requireNonNull(run.ticket());
        ApprovalDecision answer = new ApprovalDecision("anna", "legal", "a".repeat(64), "b".repeat(64), "fine");
        signedText = SignedText.of(run.runId(), answer, true);
        Path key = home.resolve("anna");
        Files.deleteIfExists(key);
        Files.deleteIfExists(home.resolve("anna.pub"));
        ssh("", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        String signature = ssh(signedText, "-Y", "sign", "-f", key.toString(), "-n", SignedText.NAMESPACE);
        Path signers = home.resolve("signers");
        Files.writeString(
                signers,
                "anna@legal " + Files.readString(home.resolve("anna.pub")).strip() + "\n");
        answers = new AnswerActivitiesImpl(new ApprovalSettings(signers, false));
        signed = new AnswerRequest(
                run,
                new ApprovalRequest("legal", 1, "2099-01-01T00:00:00Z", "a".repeat(64), "b"),
                answer.signed(signature),
                true);
    }

    private static String ssh(String text, String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("ssh-keygen"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("ssh-keygen failed: " + command);
        }
        return said;
    }

    @Override
    public String name() {
        return "tickets";
    }

    @Override
    public String entry() {
        return "`Authority`, and the check of signed answers";
    }

    @Override
    public Duration bound() {
        return Duration.ofSeconds(20);
    }

    @Override
    public Input input(Mutator mutator) {
        if (!mutator.once(4)) {
            return new Input(TICKET, mutator.text(List.of(ticket.getBytes(StandardCharsets.UTF_8)), TICKET_PIECES));
        }
        try {
            return new Input(ANSWER, mutator.json(List.of(SpecJson.mapper().writeValueAsBytes(signed)), ANSWER_VALUES));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean open(Input input, Path folder) throws IOException {
        return input.name().equals(TICKET) ? ticket(input) : answer(input);
    }

    private boolean ticket(Input input) throws IOException {
        String shown = new String(input.bytes(), StandardCharsets.UTF_8);
        try {
            authority.check(run.withTicket(shown), List.of(spec));
        } catch (StageProblem refused) {
            return false;
        }
        if (!shown.equals(ticket)) {
            throw new IllegalStateException("a forged ticket was accepted: " + shown);
        }
        return true;
    }

    private boolean answer(Input input) throws IOException {
        AnswerRequest request;
        try {
            request = SpecJson.mapper().readValue(input.bytes(), AnswerRequest.class);
        } catch (JsonProcessingException notOne) {
            return false; // Temporal's converter refuses it before Septet's code runs
        }
        if (request == null || request.answer() == null || request.run() == null || request.question() == null) {
            return false; // the workflow creates the request; only the answer is external input
        }
        try {
            answers.check(request);
        } catch (ApplicationFailure refused) {
            if (refused.getType().equals(FailureType.BACKEND_FAILED.name())) {
                throw refused; // an unexpected refusal
            }
            return false;
        }
        String said = SignedText.of(request.run().runId(), request.answer(), request.approves());
        if (!said.equals(signedText) || !"legal".equals(request.question().role())) {
            throw new IllegalStateException("a forged answer was accepted: " + said);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        SeedCorpus.remove(home);
    }
}
