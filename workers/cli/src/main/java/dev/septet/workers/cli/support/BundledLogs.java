package dev.septet.workers.cli.support;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ends of the log files. Of a line, the time, the level and the logger stay, and the public words of its message. Of
 * an exception, its class and the places in the code stay.
 */
record BundledLogs(PublicWords words) {
    /** Bytes of each file. */
    private static final int END = 256 * 1024;

    private static final Pattern LINE =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT[0-9:.,+Z-]{8,24}) ([A-Z]{4,5}) +([\\w.$]{1,80}) (.*)");
    private static final Pattern FRAME = Pattern.compile("\\s+at ([\\w.$/<>@-]+\\([\\w. :]+\\)).*");
    private static final Pattern THROWN =
            Pattern.compile("((?:Caused by: |Suppressed: )?)([a-z][\\w.$]+[A-Z][\\w$]+)(:.*)?");
    private static final Pattern MORE = Pattern.compile("\\s+\\.\\.\\. \\d+ (more|common frames omitted)");

    /** Adds a part for each log file of a folder. */
    void addTo(BundleFile bundle, Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            bundle.leaveOut("logs", "there is no folder of logs");
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> name(file).endsWith(".log"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            String name = words.of(name(file));
            bundle.add("logs/" + name, "end of a log, without private words", cleaned(end(file)));
        }
        bundle.leaveOut(
                "the rest of the logs",
                String.format(
                        Locale.ROOT,
                        "only the last %d KiB of each file with the ending .log; rotated files and the output of other"
                                + " programs are left out",
                        END / 1024));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static String end(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, open.length() - END);
            open.seek(from);
            byte[] bytes = new byte[(int) Math.min(END, open.length() - from)];
            open.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return from == 0 ? text : text.substring(text.indexOf('\n') + 1);
        }
    }

    /** Lines of another form are counted only: they are not from Septet's logging. */
    private String cleaned(String text) {
        StringBuilder cleaned = new StringBuilder();
        int hidden = 0;
        for (String line : text.split("\\R")) {
            String shown = cleanedLine(line);
            if (shown.isEmpty()) {
                hidden += line.isBlank() ? 0 : 1;
                continue;
            }
            cleaned.append(shown).append('\n');
        }
        if (hidden > 0) {
            cleaned.append(String.format(Locale.ROOT, "(%d other lines are left out)%n", hidden));
        }
        return cleaned.toString();
    }

    private String cleanedLine(String line) {
        Matcher logged = LINE.matcher(line);
        if (logged.matches()) {
            return "%s %s %s %s"
                    .formatted(logged.group(1), logged.group(2), logged.group(3), words.of(logged.group(4)));
        }
        Matcher frame = FRAME.matcher(line);
        if (frame.matches()) {
            return "    at " + frame.group(1);
        }
        Matcher thrown = THROWN.matcher(line.strip());
        if (thrown.matches()) {
            String message = thrown.group(3);
            return thrown.group(1) + thrown.group(2) + (message == null ? "" : words.of(message));
        }
        return MORE.matcher(line).matches() ? "    ..." : "";
    }
}
