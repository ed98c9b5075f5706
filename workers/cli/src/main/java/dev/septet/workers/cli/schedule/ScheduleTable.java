package dev.septet.workers.cli.schedule;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workers.schedule.ScheduleChange;
import dev.septet.workers.schedule.ScheduleChange.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints the changes of {@code septet apply} as text or JSON.
 *
 * @param dryRun whether the changes are only shown
 */
record ScheduleTable(Terminal terminal, boolean dryRun) {
    /** Prints the changes, one line per field. */
    void changes(List<ScheduleChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        Grid grid = new Grid(terminal.screen(), "schedule", "action", "field", "now", "then");
        for (ScheduleChange change : changes) {
            Grid.Cell id = Grid.Cell.of(change.id());
            Grid.Cell action = new Grid.Cell(change.action().name().toLowerCase(Locale.ROOT), style(change.action()));
            if (change.fields().isEmpty()) {
                grid.row(id, action, Grid.Cell.of(""), Grid.Cell.of(""), Grid.Cell.of(""));
            }
            for (ScheduleChange.Field field : change.fields()) {
                grid.row(
                        id,
                        action,
                        Grid.Cell.of(field.name()),
                        Grid.Cell.of(field.now() == null ? "-" : field.now()),
                        Grid.Cell.of(field.then() == null ? "-" : field.then()));
                id = Grid.Cell.of("");
                action = Grid.Cell.of("");
            }
        }
        terminal.print(grid.text());
        terminal.print("");
    }

    /** Prints the totals, the next starts, and what to do about leftover schedules. */
    void summary(List<ScheduleChange> changes) {
        List<String> counts = new ArrayList<>();
        for (Action action : Action.values()) {
            long count =
                    changes.stream().filter(change -> change.action() == action).count();
            if (count > 0) {
                counts.add(String.format(Locale.ROOT, "%d %s", count, dryRun ? describe(action) : word(action)));
            }
        }
        terminal.print(
                counts.isEmpty()
                        ? "No file has a schedule, and there was no schedule to change."
                        : String.join(", ", counts) + (dryRun ? "; nothing was changed" : ""));
        for (ScheduleChange change : changes) {
            if (change.action() == Action.DELETE) {
                continue;
            }
            if (change.paused()) {
                terminal.print("%s stays paused (%s). `temporal schedule toggle --unpause --schedule-id %s` resumes it."
                        .formatted(change.id(), change.note() == null ? "no note" : change.note(), change.id()));
            } else if (change.next() != null) {
                terminal.print("%s starts next at %s".formatted(change.id(), change.next()));
            }
        }
        if (changes.stream().anyMatch(change -> change.action() == Action.LEFT)) {
            terminal.note("Some schedules on the server are not declared in the given files. --prune deletes them.");
        }
    }

    void json(String server, List<ScheduleChange> changes) {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.put("server", server);
        json.put("dryRun", dryRun);
        json.set("schedules", SpecJson.mapper().valueToTree(changes));
        terminal.print(json.toPrettyString());
    }

    private static String describe(Action action) {
        return switch (action) {
            case CREATE -> "to create";
            case UPDATE -> "to update";
            case DELETE -> "to delete";
            case UNCHANGED, LEFT -> word(action);
        };
    }

    private static String word(Action action) {
        return switch (action) {
            case CREATE -> "created";
            case UPDATE -> "updated";
            case DELETE -> "deleted";
            case UNCHANGED, LEFT -> action.name().toLowerCase(Locale.ROOT);
        };
    }

    private static Style style(Action action) {
        return switch (action) {
            case CREATE -> Style.GOOD;
            case UPDATE -> Style.WARN;
            case DELETE -> Style.BAD;
            case UNCHANGED, LEFT -> Style.QUIET;
        };
    }
}
