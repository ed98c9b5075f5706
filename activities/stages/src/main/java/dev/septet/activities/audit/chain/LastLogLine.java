package dev.septet.activities.audit.chain;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The last valid line of the log's files. */
record LastLogLine(ChainedLine line) {
    /** Searches from the newest file back. */
    static Optional<LastLogLine> of(List<Segment> segments, LineEncryption lines) throws IOException {
        for (int at = segments.size() - 1; at >= 0; at--) {
            Optional<LastLogLine> last = of(segments.get(at), lines);
            if (last.isPresent()) {
                return last;
            }
        }
        return Optional.empty();
    }

    static Optional<LastLogLine> of(Segment segment, LineEncryption lines) throws IOException {
        Optional<ChainedLine> last = Optional.empty();
        try (LineScan scan = new LineScan(segment.file(), 0)) {
            while (scan.next()) {
                byte[] bytes = scan.line();
                Optional<ChainedLine> line = bytes == null ? Optional.empty() : lines.parse(bytes);
                last = line.isPresent() ? line : last;
            }
        }
        return last.map(LastLogLine::new);
    }
}
