pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    deploy {
        quantize int8
        target http { port 8080 }
    }
}
