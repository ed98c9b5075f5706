pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        grounding maxUnsupported: 5.percent, unmeasured: 2.percent
    }
}
