pipeline('hello') {
    prepare { dataset 'data/hello.jsonl'; split train: 90.percent, validation: 0.percent, test: 10.percent }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        contamination maxMembership: 0.6
    }
}
