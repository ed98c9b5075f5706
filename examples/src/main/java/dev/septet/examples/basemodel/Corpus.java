package dev.septet.examples.basemodel;

import dev.septet.activities.dataset.Place;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.examples.tickets.TicketWriter;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import dev.septet.examples.world.Story;
import dev.septet.examples.world.Talk;

/**
 * What the base model reads: stories and customers' letters as plain text, and chats. The letters
 * come without any word on where they go: that is the task to be learned later.
 */
final class Corpus {
    private static final double STORIES = 0.25;
    private static final double LETTERS = 0.15;
    private static final double ONE_QUESTION = 0.5;

    private final Story story = new Story();
    private final Talk talk;
    private final TicketWriter letters;
    private final long seed;

    Corpus(long seed) {
        this.seed = seed;
        talk = new Talk(seed, "chats");
        letters = new TicketWriter(seed, "letters");
    }

    /** The document of this number. */
    Row row(long number) {
        Place place = new Place("corpus", number + 1);
        Draw draw = Draw.of(seed, "corpus", number);
        if (draw.chance(STORIES)) {
            return new TextRow(story.write(draw), place);
        }
        if (draw.chance(LETTERS / (1 - STORIES))) {
            return new TextRow(letters.ticket(number).text(), place);
        }
        Exchange exchange = talk.exchange(draw);
        if (!exchange.system().isEmpty() || draw.chance(ONE_QUESTION)) {
            return exchange.row(place);
        }
        Exchange next = talk.exchange(draw);
        return next.system().isEmpty() ? exchange.then(next, place) : next.row(place);
    }
}
