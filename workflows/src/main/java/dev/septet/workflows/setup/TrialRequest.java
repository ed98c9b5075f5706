package dev.septet.workflows.setup;

/**
 * One point of the grid.
 *
 * @param number from 0, in the grid's order
 * @param rank LoRA rank; 0 = the method has none
 */
public record TrialRequest(SetupRequest setup, int number, double learningRate, int rank) {}
