package shop;

import java.time.Instant;
import java.util.Optional;

/** What an activity of a program that embeds Septet returns. */
public record Entry(Instant at, Optional<String> note) {}
