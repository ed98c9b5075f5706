pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    deploy {
        target vllm('models/vllm')
        target huggingface('models/hub')
        quantize q4_0
    }
}
