package dev.septet.activities.evaluate.safety;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.evaluate.safety.SafetyAnswer.Kind;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the tuned model, and lets rules and a guard judge its answers. The guard is loaded after the tuned model is
 * closed, and only if a verdict is not stored. Records: {@code guard-verdicts/<digest of guard and exchanges>}.
 */
public record SafetyRun(SafetyChecks checks, ArtifactStore store, Fence fence, Supplier<SafetyGuard> guards) {
    private static final int SHARD = 16;

    /** A row needs an answer, but nothing is compared with this one. */
    private static final String NO_REFERENCE = "-";

    /** The tuned model. */
    @FunctionalInterface
    public interface Model {
        /**
         * Answers rows.
         *
         * @param name the rows in progress reports
         * @param digest of the rows; null = they are the test split
         * @return one answer per row; null = its logits are not numbers
         */
        List<@Nullable String> answers(String name, List<Row> rows, @Nullable String digest) throws IOException;
    }

    /** Receives the number of judged answers and of all. */
    @FunctionalInterface
    public interface Listener {
        /** After some answers. */
        void report(int done, int total);
    }

    /** Runs every check. */
    public SafetyFindings run(List<Row> test, Model model, Listener listener) throws IOException {
        List<Row> asking =
                test.stream().filter(row -> row.reference().isPresent()).toList();
        boolean chats = test.stream().anyMatch(row -> row.answered() instanceof ChatRow);
        List<SafetyAnswer> all = new ArrayList<>();
        if (!asking.isEmpty()) {
            List<@Nullable String> answers = model.answers("test prompts", test, null);
            for (int at = 0; at < test.size(); at++) {
                if (test.get(at).reference().isPresent()) {
                    all.add(found(Kind.TEST, at + 1, null, null, test.get(at).promptText(), answers.get(at)));
                }
            }
        }
        file(model, chats, all);
        int judged = all.size();
        jailbreaks(model, chats, all);
        judge(all, judged, listener);
        return new SafetyFindings(checks.spec(), all, named());
    }

    private void file(Model model, boolean chats, List<SafetyAnswer> all) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (SafetyPrompts.Prompt prompt : checks.prompts()) {
            rows.add(row(prompt.text(), chats, "safety prompts", prompt.line()));
        }
        List<@Nullable String> answers = ask(model, "safety prompts", rows);
        for (int at = 0; at < rows.size(); at++) {
            SafetyPrompts.Prompt prompt = checks.prompts().get(at);
            all.add(found(
                    prompt.harmful() ? Kind.HARMFUL : Kind.HARMLESS,
                    prompt.line(),
                    prompt.category(),
                    null,
                    prompt.text(),
                    answers.get(at)));
        }
    }

    private void jailbreaks(Model model, boolean chats, List<SafetyAnswer> all) throws IOException {
        List<Jailbreaks.Prompt> own = Jailbreaks.prompts();
        for (SafetySpec.Disguise disguise : checks.spec().jailbreaks()) {
            List<Row> rows = new ArrayList<>();
            for (int at = 0; at < own.size(); at++) {
                rows.add(row(Jailbreaks.disguised(own.get(at).text(), disguise), chats, "jailbreaks", at + 1));
            }
            List<@Nullable String> answers = ask(model, "jailbreaks", rows);
            for (int at = 0; at < rows.size(); at++) {
                all.add(found(
                        Kind.JAILBREAK,
                        at + 1,
                        own.get(at).category(),
                        disguise,
                        rows.get(at).promptText(),
                        answers.get(at)));
            }
        }
    }

    private static List<@Nullable String> ask(Model model, String name, List<Row> rows) throws IOException {
        return rows.isEmpty()
                ? List.of()
                : model.answers(
                        name,
                        rows,
                        SpecDigest.of(List.of(
                                rows.get(0).getClass().getSimpleName(),
                                rows.stream().map(Row::promptText).toList())));
    }

    private static Row row(String prompt, boolean chats, String source, long line) {
        RowPlace place = new RowPlace(source, line);
        return chats
                ? new ChatRow(
                        List.of(new Message(ChatRole.USER, prompt), new Message(ChatRole.ASSISTANT, NO_REFERENCE)),
                        place)
                : new CompletionRow(prompt, NO_REFERENCE, place);
    }

    private SafetyAnswer found(
            Kind kind,
            int row,
            @Nullable String category,
            SafetySpec.@Nullable Disguise disguise,
            String prompt,
            @Nullable String answer) {
        List<String> broken = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (SafetySpec.Rule rule : checks.spec().rules()) {
            switch (answer == null ? RuleSet.Finding.UNKNOWN : checks.rules().of(rule.name(), answer)) {
                case BROKEN -> broken.add(rule.name());
                case UNKNOWN -> unknown.add(rule.name());
                case KEPT -> {}
            }
        }
        return new SafetyAnswer(
                kind,
                row,
                category,
                disguise,
                prompt,
                answer,
                answer != null && Refusals.refuses(answer),
                broken,
                unknown,
                null);
    }

    /** The guard judges all answers to the test split and the file, and those to jailbreaks that are no refusals. */
    private void judge(List<SafetyAnswer> all, int judged, Listener listener) throws IOException {
        FoundGuard guard = checks.guard();
        if (guard == null) {
            return;
        }
        List<Integer> places = new ArrayList<>();
        List<GuardedExchange> exchanges = new ArrayList<>();
        List<Jailbreaks.Prompt> own = Jailbreaks.prompts();
        for (int at = 0; at < all.size(); at++) {
            SafetyAnswer answer = all.get(at);
            String text = answer.answer();
            if (text != null && (at < judged || (!answer.refused() && !text.isBlank()))) {
                places.add(at);
                // The guard sees the prompt without its disguise: the disguise is for the model.
                String prompt = answer.kind() == Kind.JAILBREAK
                        ? own.get(answer.row() - 1).text()
                        : answer.prompt();
                exchanges.add(new GuardedExchange(prompt, text));
            }
        }
        List<GuardVerdict> verdicts = verdicts(guard, exchanges, listener);
        for (int at = 0; at < places.size(); at++) {
            all.set(places.get(at), all.get(places.get(at)).with(verdicts.get(at)));
        }
    }

    private List<GuardVerdict> verdicts(FoundGuard guard, List<GuardedExchange> exchanges, Listener listener)
            throws IOException {
        List<GuardVerdict> all = new ArrayList<>();
        SafetyGuard open = null;
        try {
            for (int from = 0; from < exchanges.size(); from += SHARD) {
                List<GuardedExchange> some = exchanges.subList(from, Math.min(from + SHARD, exchanges.size()));
                String name = "guard-verdicts/" + SpecDigest.of(List.of(guard.digest(), some));
                Optional<List<GuardVerdict>> stored = stored(name, some.size());
                if (stored.isPresent()) {
                    all.addAll(stored.get());
                } else {
                    if (open == null) {
                        open = guards.get();
                    }
                    List<GuardVerdict> computed = open.judge(some);
                    if (computed.size() != some.size()) {
                        throw new IllegalStateException(String.format(
                                Locale.ROOT, "%d verdicts for %d exchanges", computed.size(), some.size()));
                    }
                    // An endpoint may answer later what it did not answer now.
                    if (computed.stream().allMatch(verdict -> verdict.problem() == null)) {
                        store.putRecord(name, SpecJson.mapper().writeValueAsString(computed), fence);
                    }
                    all.addAll(computed);
                }
                listener.report(all.size(), exchanges.size());
            }
        } finally {
            if (open != null) {
                open.close();
            }
        }
        return all;
    }

    private Optional<List<GuardVerdict>> stored(String name, int count) throws IOException {
        Optional<String> text = store.record(name);
        if (text.isEmpty() || !store.renew(name)) {
            return Optional.empty();
        }
        try {
            GuardVerdict[] shard = SpecJson.mapper().readValue(text.get(), GuardVerdict[].class);
            return shard.length == count ? Optional.of(List.of(shard)) : Optional.empty();
        } catch (JsonProcessingException | NullPointerException damaged) {
            return Optional.empty(); // computed again
        }
    }

    private @Nullable GuardFormat named() {
        FoundGuard guard = checks.guard();
        return guard == null ? null : guard.format();
    }
}
