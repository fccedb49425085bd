"""Scans are recognised alike on every processor."""

import pytest


def test_the_recogniser_calculates_in_32_bits_whatever_the_processor_offers() -> None:
    device_config = pytest.importorskip("rapidocr.inference_engine.openvino.device_config")
    from pipeline.ingest import ocr

    ocr._calculate_alike_everywhere()
    told = device_config.CPUConfig({"inference_num_threads": 1}).get_config()
    assert told["INFERENCE_PRECISION_HINT"] == "f32" and told["INFERENCE_NUM_THREADS"] == "1"
