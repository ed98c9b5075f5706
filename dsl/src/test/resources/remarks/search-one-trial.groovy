pipeline('support') {
    prepare    { dataset 'data/tickets.jsonl' }
    initialize { model 'models/base' }
    setup      { search { learningRate 1e-4, 2e-4; rank 8, 16; trials 1 } }
    train      { method lora() }
}
