package dev.septet.examples.basemodel;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import dev.septet.examples.world.Story;
import dev.septet.examples.world.Talk;

/**
 * The base model's training corpus: stories and customers' letters as plain text, questions about
 * letters, and chats.
 */
final class ModelCorpus {
    private static final double STORIES = 0.12;
    private static final double LETTERS = 0.08;
    private static final double LETTERS_READ = 0.40;
    private static final double ONE_QUESTION = 0.5;

    private final Story story = new Story();
    private final Talk talk;
    private final Letters letters;
    private final long seed;

    ModelCorpus(long seed) {
        this.seed = seed;
        talk = new Talk(seed, "chats");
        letters = new Letters(seed);
    }

    /** The document of this number. */
    Row row(long number) {
        RowPlace place = new RowPlace("corpus", number + 1);
        Draw draw = Draw.of(seed, "corpus", number);
        double kind = draw.uniform();
        if (kind < STORIES) {
            return new TextRow(story.write(draw), place);
        }
        if (kind < STORIES + LETTERS) {
            return new TextRow(letters.text(number), place);
        }
        if (kind < STORIES + LETTERS + LETTERS_READ) {
            return letters.question(number, draw).row(place);
        }
        Exchange exchange = talk.exchange(draw);
        if (!exchange.system().isEmpty() || draw.chance(ONE_QUESTION)) {
            return exchange.row(place);
        }
        Exchange next = talk.exchange(draw);
        return next.system().isEmpty() ? exchange.then(next, place) : next.row(place);
    }
}
