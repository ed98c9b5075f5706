package dev.septet.activities.explain;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.template.TokenSequence;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * How much each word of a prompt mattered for an answer, by leaving it out: log p(answer | prompt) minus log p(answer | prompt
 * without the word), in nats. Nothing is estimated. The row without the word is encoded as training encodes it, so the chat
 * template stays whole.
 *
 * @see <a href="https://arxiv.org/abs/1612.08220">Li et al., 2016 (erasure)</a>
 */
final class PromptWords {
    /** Most parts of a prompt: in a longer one, a part has several words. */
    static final int MOST_PARTS = 256;

    private static final int ROWS_AT_ONCE = 32;

    private final Row question;
    private final List<String> texts = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    /**
     * A part of a prompt.
     *
     * @param text number of the prompt's text: a message of a chat, from 0
     * @param from first character
     * @param to character after the last one
     */
    record Part(int text, int from, int to) {}

    /**
     * The influence of a part.
     *
     * @param drop log p of the answer with the part, minus log p without it, in nats; positive when the part made the answer more
     *     probable
     */
    record Influence(Part part, String words, double drop) {}

    PromptWords(Row question) {
        this.question = question;
        if (question instanceof ChatRow chat) {
            chat.prompt().forEach(message -> texts.add(message.text()));
        } else if (question instanceof CompletionRow completion) {
            texts.add(completion.prompt());
        }
        List<Part> words = new ArrayList<>();
        for (int text = 0; text < texts.size(); text++) {
            words(text, words);
        }
        int each = Math.max(1, (words.size() + MOST_PARTS - 1) / MOST_PARTS);
        for (int at = 0; at < words.size(); at++) {
            Part word = words.get(at);
            Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
            if (last != null && last.text() == word.text() && at % each != 0) {
                parts.set(parts.size() - 1, new Part(last.text(), last.from(), word.to()));
            } else {
                parts.add(word);
            }
        }
    }

    /** The words of a text. The space before a word is left out with it. */
    private void words(int text, List<Part> words) {
        String all = texts.get(text);
        BreakIterator breaks = BreakIterator.getWordInstance(Locale.ROOT);
        breaks.setText(all);
        int from = breaks.first();
        for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
            if (!all.substring(from, to).isBlank()) {
                words.add(new Part(text, from, to));
                from = to;
            }
        }
    }

    List<Part> parts() {
        return List.copyOf(parts);
    }

    /**
     * The influences, in the order of the prompt. A part without which the row is no question is left out, such as a message's only
     * word.
     *
     * @param encoder of the model that the scorer scores with
     * @param whole score of the question with all parts
     * @param progress receives the number of parts done
     */
    List<Influence> influences(ModelRowEncoder encoder, Scorer scorer, ExampleScore whole, IntConsumer progress) {
        List<Influence> influences = new ArrayList<>();
        for (int from = 0; from < parts.size(); from += ROWS_AT_ONCE) {
            List<Part> some = new ArrayList<>();
            List<TokenSequence> rows = new ArrayList<>();
            for (Part part : parts.subList(from, Math.min(from + ROWS_AT_ONCE, parts.size()))) {
                try {
                    rows.add(encoder.encode(without(part)).sequence());
                    some.add(part);
                } catch (RowProblem empty) {
                    // the row needs it
                }
            }
            List<ExampleScore> scores = scorer.score(rows);
            for (int i = 0; i < some.size(); i++) {
                Part part = some.get(i);
                String words =
                        texts.get(part.text()).substring(part.from(), part.to()).strip();
                influences.add(new Influence(part, words, scores.get(i).loss() - whole.loss()));
            }
            progress.accept(Math.min(from + ROWS_AT_ONCE, parts.size()));
        }
        return influences;
    }

    /**
     * The question without a part.
     *
     * @throws RowProblem when no question is left
     */
    private Row without(Part part) {
        String text = texts.get(part.text());
        String left = text.substring(0, part.from()) + text.substring(part.to());
        if (question instanceof ChatRow chat) {
            List<Message> messages = new ArrayList<>(chat.messages());
            messages.set(part.text(), messages.get(part.text()).withContent(left.stripLeading()));
            return chat.with(messages);
        }
        CompletionRow completion = (CompletionRow) question;
        return new CompletionRow(left, completion.completion(), completion.place());
    }
}
