package dev.septet.examples;

import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.examples.tickets.TicketRows;
import dev.septet.examples.world.Talk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the quickstart's data: the training rows {@code tickets.jsonl}, and {@code general.jsonl}
 * for the general skills that the model must keep. Equal seeds give equal bytes.
 */
public final class QuickstartData {
    /** The seed of the files in the repository. */
    public static final long SEED = 7;

    static final int TICKETS = 3000;
    static final int GENERAL = 200;

    private QuickstartData() {}

    /** Usage: {@code QuickstartData FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length == 0 ? "examples/quickstart/data" : arguments[0]);
        Files.createDirectories(folder);
        write(folder.resolve("tickets.jsonl"), tickets());
        write(folder.resolve("general.jsonl"), general());
    }

    static List<String> tickets() {
        return new TicketRows(SEED).lines(TICKETS);
    }

    /** Chats in the style of the base model's corpus, but with other random choices. */
    static List<String> general() {
        Talk talk = new Talk(SEED, "general");
        Set<String> lines = new LinkedHashSet<>();
        for (long number = 0; lines.size() < GENERAL; number++) {
            lines.add(RowJson.canonical(talk.exchange(number).row(new RowPlace("general", number + 1))));
        }
        return new ArrayList<>(lines);
    }

    private static void write(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
    }
}
