package dev.septet.workers.cli.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditedCall;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.audit.chain.LogErasureOrder;
import dev.septet.activities.audit.chain.LogTail;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        check();
        log.requireHere(session);
        Path folder = log.folder(session);
        try {
            Chosen chosen = chosen(session.auditLogs().reader(folder));
            if (chosen.lines().isEmpty()) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "no line of %s with content matches; `septet audit show %s` prints its lines"
                                .formatted(log.named(), log.named()));
            }
            noteCopies(folder, chosen);
            if (yes) {
                erase(folder, chosen);
            }
            print(chosen);
            return ExitCode.OK;
        } catch (AuditException impossible) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(impossible.getMessage()));
        } catch (AccessDeniedException denied) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "this user may not change %s; run the command as the user of the model server"
                            .formatted(denied.getFile()));
        }
    }

    private void check() {
        if (ids.isEmpty() && matching == null && key == null) {
            throw new CliProblem(ExitCode.USAGE, "choose lines with --id, --matching or --key");
        }
        for (String value : Stream.concat(ids.stream(), Stream.of(matching, key).filter(Objects::nonNull))
                .toList()) {
            if (value.isBlank()) { // for example of a variable that is not set
                throw new CliProblem(ExitCode.USAGE, "--id, --matching and --key need a text that is not blank");
            }
        }
        if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(Locale.ROOT, "--reason is one line of at most %d characters", LONGEST_REASON));
        }
    }

    private void erase(Path folder, Chosen chosen) throws IOException {
        LogErasureOrder order =
                new LogErasureOrder(reason, chosen.lines().values().stream().collect(Collectors.toSet()));
        boolean done = session.auditLogs().erase(folder, order);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!done && Files.exists(LogErasureOrder.file(folder))) {
            if (System.nanoTime() - end > 0) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        String.format(
                                Locale.ROOT,
                                "the process that writes this log has not erased the lines within %d s. It may go on: give the command again later, until no line matches. If lines stay, the log of that process has the reason; an earlier version of Septet cannot erase. The order is %s",
                                PATIENCE.toSeconds(),
                                LogErasureOrder.file(folder)));
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CliProblem(ExitCode.INTERRUPTED, "the order stays in the log's folder and is carried out");
            }
        }
        if (!session.auditLogs().erased(folder, order)) {
            throw new CliProblem(ExitCode.RUN_FAILED, "not all lines were erased; give the command again");
        }
    }

    /**
     * The chosen lines.
     *
     * @param lines digests by number
     * @param shown the first ones, masked
     */
    private record Chosen(SortedMap<Long, String> lines, List<String> shown) {}

    private Chosen chosen(AuditReader reader) throws IOException {
        AuditSettings masks = AuditSettings.DEFAULT.withRegions(PhoneRegions.of(session));
        AuditLineText text = new AuditLineText(false);
        Chosen chosen = new Chosen(new TreeMap<>(), new ArrayList<>());
        Set<String> answers = new HashSet<>();
        long at = 0;
        for (AuditPage page = reader.read(at, AT_ONCE); page.next() > at; page = reader.read(at, AT_ONCE)) {
            for (AuditRecord line : page.records()) {
                if (!chooses(line, answers)) {
                    continue;
                }
                chosen.lines().put(line.sequence(), line.digest());
                if (chosen.shown().size() < SHOWN) {
                    chosen.shown().add(text.of(line.masked(masks)));
                }
            }
            at = page.next();
        }
        return chosen;
    }

    private boolean chooses(AuditRecord line, Set<String> answers) {
        if (line.event() instanceof AnswerEvent answer && chooses(answer, answer.id(), null, answer.key())) {
            answers.add(answer.id());
            return true;
        }
        return line.event() instanceof FeedbackEvent feedback
                && (answers.contains(feedback.of()) || chooses(feedback, feedback.id(), feedback.of(), feedback.key()));
    }

    private boolean chooses(AuditEvent event, String id, @Nullable String of, @Nullable String keyName) {
        return (ids.isEmpty() || ids.contains(id) || (of != null && ids.contains(of)))
                && (key == null || Objects.equals(key, keyName))
                && (matching == null
                        || texts(event).anyMatch(text -> comparable(text).contains(comparable(matching))));
    }

    /** The texts of people and models; not roles, names, ids and digests. */
    private static Stream<String> texts(AuditEvent event) {
        if (event instanceof FeedbackEvent feedback) {
            return Stream.of(feedback.correction()).filter(Objects::nonNull);
        }
        if (!(event instanceof AnswerEvent answer)) {
            return Stream.empty();
        }
        List<AuditedTurn> turns = Objects.requireNonNullElse(answer.question().messages(), List.of());
        Stream<AuditedCall> calls = Stream.concat(
                turns.stream()
                        .flatMap(turn -> Objects.requireNonNullElse(turn.calls(), List.<AuditedCall>of()).stream()),
                Objects.requireNonNullElse(answer.reply().calls(), List.<AuditedCall>of()).stream());
        return Stream.of(
                        Stream.of(answer.question().prompt(), answer.reply().answer()),
                        turns.stream().flatMap(turn -> Stream.of(turn.content(), turn.reasoning())),
                        calls.flatMap(AuditEraseCommand::arguments))
                .flatMap(all -> all)
                .filter(Objects::nonNull);
    }

    /** Arguments of a call as they were written, and their texts without the escapes of JSON. */
    private static Stream<String> arguments(AuditedCall call) {
        try {
            List<String> texts = new ArrayList<>(List.of(call.arguments()));
            collect(SpecJson.mapper().readTree(call.arguments()), texts);
            return texts.stream();
        } catch (JsonProcessingException noJson) {
            return Stream.of(call.arguments());
        }
    }

    private static void collect(JsonNode node, List<String> texts) {
        if (node.isTextual()) {
            texts.add(node.textValue());
        }
        node.forEach(child -> collect(child, texts));
    }

    private static String comparable(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private void print(Chosen chosen) throws IOException {
        if (json) {
            session.terminal()
                    .print(SpecJson.mapper()
                            .writeValueAsString(SpecJson.mapper()
                                    .createObjectNode()
                                    .put("erased", yes)
                                    .set(
                                            "lines",
                                            SpecJson.mapper()
                                                    .valueToTree(chosen.lines().keySet()))));
            return;
        }
        if (!yes) {
            chosen.shown().forEach(session.terminal()::print);
            if (chosen.lines().size() > SHOWN) {
                session.terminal()
                        .print(String.format(
                                Locale.ROOT, "and %d more", chosen.lines().size() - SHOWN));
            }
        }
        session.terminal()
                .print(String.format(
                        Locale.ROOT,
                        "%s the content of %d lines of %s",
                        yes ? "Erased" : "Would erase",
                        chosen.lines().size(),
                        log.named()));
        if (!yes) {
            session.terminal().note("Nothing was erased. Erase it with --yes.");
        }
    }

    /** What this command does not erase, when it is there. */
    private void noteCopies(Path folder, Chosen chosen) throws IOException {
        Optional<String> pipeline = log.pipeline(session);
        if (pipeline.isPresent()) {
            ReviewedRows reviewed = new ReviewedRows(session.state().reviewed());
            List<Integer> rows =
                    reviewed.madeOf(pipeline.get(), Set.copyOf(chosen.lines().values()));
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
