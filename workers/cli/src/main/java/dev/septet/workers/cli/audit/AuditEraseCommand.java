package dev.septet.workers.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.chain.ErasureOrder;
import dev.septet.activities.audit.chain.EventJson;
import dev.septet.activities.audit.chain.LogTail;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet audit erase}. */
@Command(
        name = "erase",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Erase the content of answers and feedback, for example when a person asks for it. Their lines stay with"
                    + " time and digest, so `septet audit verify` still proves all other lines. The log records the"
                    + " erasure.",
            "",
            "Without --yes, the command only prints the lines. It works while a model server writes the log."
        })
final class AuditEraseCommand implements Callable<Integer> {
    private static final int AT_ONCE = 4096;
    private static final int SHOWN = 20;
    private static final int LONGEST_REASON = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> TEXTS = Set.of("prompt", "messages", "tools", "answer", "calls", "correction");

    private final Session session;

    @Mixin
    private LogOption log = new LogOption();

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "This answer and the feedback on it, or this feedback; repeatable")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--matching",
            paramLabel = "TEXT",
            description = "Requests, answers and corrections that contain this text, in any case. Masked data cannot be"
                    + " found")
    private @Nullable String matching;

    @Option(names = "--key", paramLabel = "NAME", description = "Requests with the API key of this name")
    private @Nullable String key;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "The reason, such as the number of the request. It stays in the log")
    private String reason = "";

    @Option(names = "--yes", description = "Erase")
    private boolean yes;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    AuditEraseCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (ids.isEmpty() && matching == null && key == null) {
            throw new CliProblem(ExitCode.USAGE, "choose lines with --id, --matching or --key");
        }
        if (matching != null && matching.isBlank()) {
            throw new CliProblem(ExitCode.USAGE, "--matching needs a text that is not blank");
        }
        if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(Locale.ROOT, "--reason is one line of at most %d characters", LONGEST_REASON));
        }
        log.requireHere(session);
        Path folder = log.folder(session);
        List<AuditRecord> chosen = chosen(session.auditLogs().reader(folder));
        boolean erases = yes && !chosen.isEmpty();
        if (erases) {
            erase(folder, chosen);
        }
        print(chosen, erases);
        if (erases) {
            noteCopies(folder, chosen);
        }
        return ExitCode.OK;
    }

    private void erase(Path folder, List<AuditRecord> chosen) throws IOException {
        Path order = ErasureOrder.file(folder);
        if (Files.exists(order)) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "another erasure of this log is not done: the process that writes the log does it within seconds. Give the command again then; if %s stays, restart the model server"
                            .formatted(order));
        }
        Set<String> digests = chosen.stream().map(AuditRecord::digest).collect(Collectors.toSet());
        if (session.auditLogs().erase(folder, new ErasureOrder(reason, digests))) {
            return;
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Files.exists(order)) {
            if (System.nanoTime() - end > 0) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        String.format(
                                Locale.ROOT,
                                "the process that writes this log did not erase the lines within %d s. Its own log has the reason; an earlier version of Septet cannot erase. The order stays in %s: the next model server that opens the log carries it out",
                                PATIENCE.toSeconds(),
                                order));
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CliProblem(ExitCode.INTERRUPTED, "the order stays in %s and is carried out".formatted(order));
            }
        }
    }

    private List<AuditRecord> chosen(AuditReader reader) throws IOException {
        List<AuditRecord> chosen = new ArrayList<>();
        Set<String> answers = new HashSet<>();
        long at = 0;
        for (AuditPage page = reader.read(at, AT_ONCE); page.next() > at; page = reader.read(at, AT_ONCE)) {
            for (AuditRecord line : page.records()) {
                if (line.event() instanceof AnswerEvent answer && chooses(answer, answer.id(), "", answer.key())) {
                    answers.add(answer.id());
                    chosen.add(line);
                } else if (line.event() instanceof FeedbackEvent feedback
                        && (answers.contains(feedback.of())
                                || chooses(feedback, feedback.id(), feedback.of(), feedback.key()))) {
                    chosen.add(line);
                }
            }
            at = page.next();
        }
        return chosen;
    }

    private boolean chooses(AuditEvent event, String id, String of, @Nullable String keyName) {
        return (ids.isEmpty() || ids.contains(id) || ids.contains(of))
                && (key == null || Objects.equals(key, keyName))
                && (matching == null || contains(event, matching.toLowerCase(Locale.ROOT)));
    }

    private static boolean contains(AuditEvent event, String lowerCase) {
        JsonNode fields = SpecJson.mapper().valueToTree(EventJson.fields(event));
        return TEXTS.stream().anyMatch(name -> containsText(fields.path(name), lowerCase));
    }

    private static boolean containsText(JsonNode node, String lowerCase) {
        if (node.isTextual()) {
            return node.textValue().toLowerCase(Locale.ROOT).contains(lowerCase);
        }
        for (JsonNode child : node) {
            if (containsText(child, lowerCase)) {
                return true;
            }
        }
        return false;
    }

    private void print(List<AuditRecord> chosen, boolean erased) throws IOException {
        if (json) {
            session.terminal()
                    .print(SpecJson.mapper()
                            .writeValueAsString(SpecJson.mapper()
                                    .createObjectNode()
                                    .put("erased", erased)
                                    .set(
                                            "lines",
                                            SpecJson.mapper()
                                                    .valueToTree(chosen.stream()
                                                            .map(AuditRecord::sequence)
                                                            .toList()))));
            return;
        }
        if (!erased) {
            AuditSettings masks = AuditSettings.DEFAULT.withRegions(PhoneRegions.of(session));
            AuditLineText text = new AuditLineText(false);
            for (AuditRecord line : chosen.subList(0, Math.min(SHOWN, chosen.size()))) {
                session.terminal().print(text.of(line.masked(masks)));
            }
            if (chosen.size() > SHOWN) {
                session.terminal().print(String.format(Locale.ROOT, "and %d more", chosen.size() - SHOWN));
            }
        }
        session.terminal()
                .print(String.format(
                        Locale.ROOT,
                        "%s the content of %d lines of %s",
                        erased ? "Erased" : "Would erase",
                        chosen.size(),
                        log.named()));
        if (!erased && !chosen.isEmpty()) {
            session.terminal().note("Nothing was erased. Erase it with --yes.");
        }
    }

    /** What this command does not erase, when it is there. */
    private void noteCopies(Path folder, List<AuditRecord> chosen) throws IOException {
        Optional<String> pipeline = log.pipeline(session);
        Set<String> digests = chosen.stream().map(AuditRecord::digest).collect(Collectors.toSet());
        if (pipeline.isPresent()) {
            ReviewedRows reviewed = new ReviewedRows(session.state().reviewed());
            List<Integer> rows = reviewed.madeOf(pipeline.get(), digests);
            if (!rows.isEmpty()) {
                session.terminal()
                        .note(
                                "training rows were made of these answers, in %s, lines %s. `septet data forget` erases their models; see the page `lineage`"
                                        .formatted(reviewed.file(pipeline.get()), rows));
            }
        }
        Path torn = folder.resolve(LogTail.TORN);
        if (Files.isDirectory(torn)) {
            session.terminal()
                    .note(
                            "%s has ends of lines that crashes left. They may quote these answers; delete the folder if you do not need it"
                                    .formatted(torn));
        }
    }
}
