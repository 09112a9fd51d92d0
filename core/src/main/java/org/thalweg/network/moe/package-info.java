/**
 * The one Mixture-of-Experts layer: routers, experts, shared experts. Letters: {@code experts} routed experts,
 * {@code selected} experts used for each token, {@code width} hidden units of an expert.
 */
package org.thalweg.network.moe;
