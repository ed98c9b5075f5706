package dev.septet.dsl.pipeline;

/** A range of a cron field: every {@code step}-th number from {@code first} to {@code last}. */
public record CronRange(int first, int last, int step) {}
