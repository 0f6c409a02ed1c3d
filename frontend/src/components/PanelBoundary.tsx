import { Component, type ReactNode } from "react";
import { ErrorState } from "./ErrorState";

/** A panel that breaks takes nothing else with it. */
export class PanelBoundary extends Component<{ title: string; children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <ErrorState title={this.props.title} error={this.state.error} retry={() => this.setState({ error: null })} />
    );
  }
}
