// SPDX-License-Identifier: MIT
//
// What the dashboard has to be, for check-dashboard: Grafana's types, put together so
// that nothing is left open. Its own panel has options and fields of any kind.
import type { Prometheus } from "@grafana/prometheus";
import type { Dashboard, FieldConfig, FieldConfigSource, Panel } from "@grafana/schema";
import type * as timeseries from "@grafana/schema/panel/timeseries";

// A file has the values of an enumeration, not its names.
type Json<T> = T extends string ? `${T}` :
	T extends (infer E)[] ? Json<E>[] :
	T extends object ? { [K in keyof T]: Json<T[K]> } : T;

interface Fields<Custom> extends Omit<FieldConfigSource, "defaults"> {
	defaults: Omit<FieldConfig, "custom"> & { custom?: Custom };
}

interface Drawn<Type, Options, Custom>
	extends Omit<Panel, "type" | "options" | "fieldConfig" | "targets"> {
	type: Type;
	options: Options;
	fieldConfig: Fields<Custom>;
	targets: Prometheus[];
}

// One for each kind of panel that the dashboard has
type AnyPanel = Drawn<"timeseries", timeseries.Options, timeseries.FieldConfig>;

export type Form = Json<Omit<Dashboard, "panels"> & { panels: AnyPanel[] }>;

// A type that is not found is any, which everything is: then this is no true.
type Found<T extends unknown[]> = { [K in keyof T]: 0 extends 1 & T[K] ? false : true };

export const found: Found<[
	Dashboard["uid"],
	Panel["gridPos"],
	FieldConfig["unit"],
	FieldConfigSource["overrides"],
	Prometheus["expr"],
	Prometheus["refId"],
	timeseries.Options["legend"]["calcs"],
	timeseries.FieldConfig["fillOpacity"],
]> = [true, true, true, true, true, true, true, true];
