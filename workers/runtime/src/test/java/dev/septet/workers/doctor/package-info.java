@NullMarked
package dev.septet.workers.doctor;

import org.jspecify.annotations.NullMarked;
