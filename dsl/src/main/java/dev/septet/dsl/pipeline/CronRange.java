package dev.septet.dsl.pipeline;

/** Some numbers of a cron field: every {@code step}-th from {@code first} to {@code last}. */
public record CronRange(int first, int last, int step) {}
