package dev.septet.examples.tickets;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import dev.septet.examples.world.Talk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lines of {@code tickets.jsonl}. As in real data, some rows are duplicates and a few lines are
 * invalid.
 */
public final class TicketRows {
    /** The task text before each ticket. */
    public static final String TASK = "Route the ticket: ";

    private static final double SMALL_TALK = 0.5;
    private static final double WITH_DISTRACTOR = 0.12;

    private static final double TWICE = 0.015;
    private static final Map<Integer, String> BAD = new TreeMap<>(Map.of(
            811,
            "{\"messages\":[{\"role\":\"user\",\"content\":\"My camera is"
                    + " gone.\"},{\"role\":\"assistant\",\"content\":\"\"}]}",
            1607,
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Where is my order?\"",
            2410,
            "{\"messages\":[{\"role\":\"assistant\",\"content\":\"Hello\"},{\"role\":\"user\",\"content\":\"Hi\"}]}"));

    private final TicketWriter writer;
    private final Talk talk;
    private final long seed;

    public TicketRows(long seed) {
        this.seed = seed;
        writer = new TicketWriter(seed, "tickets", WITH_DISTRACTOR);
        talk = new Talk(seed, "small talk before tickets");
    }

    /** The lines of a file with this number of lines. */
    public List<String> lines(int count) {
        List<String> lines = new ArrayList<>(count);
        long ticket = 0;
        while (lines.size() < count) {
            Draw draw = Draw.of(seed, "lines", lines.size());
            String bad = BAD.get(lines.size());
            if (bad != null) {
                lines.add(bad);
            } else if (lines.size() > 100 && draw.chance(TWICE)) {
                lines.add(lines.get(draw.below(100)));
            } else {
                lines.add(RowJson.canonical(row(ticket++)));
            }
        }
        return lines;
    }

    /**
     * A ticket as a training row. Some tickets follow small talk, as in a real chat. Training on
     * the answers of the small talk too keeps the base model's general skills.
     */
    private Row row(long number) {
        Ticket ticket = writer.ticket(number);
        Exchange task = new Exchange("", TASK + ticket.text(), ticket.routing().json());
        RowPlace place = new RowPlace("tickets", number + 1);
        return Draw.of(seed, "small talk", number).chance(SMALL_TALK)
                ? talk.exchange(number).then(task, place)
                : task.row(place);
    }
}
