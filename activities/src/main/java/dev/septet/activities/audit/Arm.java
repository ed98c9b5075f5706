package dev.septet.activities.audit;

/** Which of two models answered while a new one is tried on a share of the traffic. */
public enum Arm {
    CHAMPION,
    CHALLENGER
}
