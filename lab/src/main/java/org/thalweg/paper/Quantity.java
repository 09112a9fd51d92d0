package org.thalweg.paper;

/**
 * One number of a table's rows.
 *
 * @param title for readers
 * @param published its name in the published table, without {@code _mean} and {@code _sd}; empty where there is none
 * @param ours its name among {@link OurRow#numbers}
 * @param scale by what ours are multiplied to be in the published unit
 * @param digits behind the point
 */
record Quantity(String title, String published, String ours, double scale, int digits) {}
