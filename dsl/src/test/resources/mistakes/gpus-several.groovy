pipeline('p') {
    prepare { dataset 'd.jsonl' }
    initialize { model 'm' }
    setup { resources memory: 24.gb, gpus: 2 }
    train { method lora() }
}
