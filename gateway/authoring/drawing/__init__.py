"""Flows as pictures: SVG and Mermaid."""
