package dev.septet.activities.deploy.chain;

import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.AddedToken;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A model folder's conversion of prompts to tokens, and its stop tokens. */
final class PromptForm implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final @Nullable ChatTemplate template;
    private final Set<Integer> stops;
    private final Set<Integer> controls = new TreeSet<>();

    private PromptForm(Tokenizer tokenizer, @Nullable ChatTemplate template, Set<Integer> stops) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.stops = stops;
        for (AddedToken token : tokenizer.addedTokens()) {
            if (token.control()) {
                controls.add(token.id());
            }
        }
    }

    static PromptForm open(Path folder) {
        Tokenizer tokenizer = Tokenizer.open(folder);
        try {
            boolean chats = ModelFolder.open(folder).chatTemplate().isPresent();
            return new PromptForm(tokenizer, chats ? ChatTemplate.of(folder) : null, StopIds.of(folder, tokenizer));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    boolean chats() {
        return template != null;
    }

    Set<Integer> stops() {
        return stops;
    }

    /** Whether an answer may end with this token: a stop token, or any other control token. */
    boolean ends(int id) {
        return stops.contains(id) || control(id);
    }

    /**
     * Token ids of a conversation; empty when the template refuses it.
     *
     * @throws IllegalStateException when there is no template
     */
    Optional<int[]> prompt(List<ChatMessage> conversation) {
        ChatTemplate of = template;
        if (of == null) {
            throw new IllegalStateException("the model has no chat template");
        }
        try {
            return Optional.of(new ChatEncoder(of, tokenizer).prompt(conversation));
        } catch (TemplateProblem refused) {
            return Optional.empty();
        }
    }

    /** Token ids of a text that the model continues. */
    int[] text(String text) {
        return tokenizer.encode(text, true);
    }

    /** The probes in which this form differs from another, each described in a few words. */
    List<String> differences(PromptForm other, ChainProbes probes) {
        if (chats() != other.chats()) {
            return List.of(chats() ? "it has a chat template, its source has none" : "no chat template");
        }
        List<String> differences = new ArrayList<>();
        if (chats()) {
            for (int i = 0; i < probes.conversations().size(); i++) {
                List<ChatMessage> conversation = probes.conversations().get(i);
                String mine = rendered(conversation);
                String theirs = other.rendered(conversation);
                if (!mine.equals(theirs)) {
                    differences.add(String.format(
                            Locale.ROOT,
                            "conversation %d is rendered differently from character %d on",
                            i + 1,
                            1 + common(mine, theirs)));
                } else if (!same(prompt(conversation), other.prompt(conversation))) {
                    differences.add(String.format(Locale.ROOT, "conversation %d becomes other tokens", i + 1));
                }
            }
        }
        for (int i = 0; i < probes.texts().size(); i++) {
            int[] mine = text(probes.texts().get(i));
            int[] theirs = other.text(probes.texts().get(i));
            if (!Arrays.equals(mine, theirs)) {
                differences.add(String.format(
                        Locale.ROOT,
                        "text %d becomes %d tokens instead of %d, beginning with %s instead of %s",
                        i + 1,
                        mine.length,
                        theirs.length,
                        first(mine),
                        other.first(theirs)));
            }
        }
        return differences;
    }

    /** Tokens that end an answer in another form but not in this one. */
    List<String> missingStops(PromptForm other) {
        Set<Integer> expected = new TreeSet<>(other.stops);
        other.turnEnd().ifPresent(expected::add);
        expected.removeAll(stops);
        return expected.stream()
                .map(id -> tokenizer.decode(new int[] {id}, false))
                .toList();
    }

    /** The control token that the template writes at the end of an answer, if any. */
    Optional<Integer> turnEnd() {
        ChatTemplate of = template;
        if (of == null) {
            return Optional.empty();
        }
        ChatMessage question = new ChatMessage("user", "XquestionX");
        ChatMessage answered = new ChatMessage("assistant", "XanswerX");
        try {
            String text = of.render(List.of(question, answered), false);
            int end = text.lastIndexOf("XanswerX");
            if (end < 0) {
                return Optional.empty();
            }
            int[] after = tokenizer.encodeTemplate(text.substring(end + "XanswerX".length()));
            return after.length > 0 && control(after[0]) ? Optional.of(after[0]) : Optional.empty();
        } catch (TemplateProblem refused) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private boolean control(int id) {
        return controls.contains(id);
    }

    private String rendered(List<ChatMessage> conversation) {
        ChatTemplate of = template;
        try {
            return of == null ? "" : of.render(conversation, true);
        } catch (TemplateProblem refused) {
            return "refused";
        }
    }

    private String first(int[] ids) {
        return ids.length == 0 ? "nothing" : "'" + tokenizer.decode(new int[] {ids[0]}, false) + "'";
    }

    private static boolean same(Optional<int[]> one, Optional<int[]> other) {
        return one.isPresent() == other.isPresent() && (one.isEmpty() || Arrays.equals(one.get(), other.get()));
    }

    private static int common(String one, String other) {
        int at = 0;
        while (at < Math.min(one.length(), other.length()) && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }
}
